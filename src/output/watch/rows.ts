/** What has a rate per second. */
export const rateNames = ['connections', 'inPackets', 'outPackets', 'inBytes', 'outBytes'] as const;
export type RateName = (typeof rateNames)[number];

/** Changes of counters per second. */
export type Rates = Readonly<Record<RateName, number>>;

/** What has a history: connections, packets both ways, bytes both ways. */
export type HistoryName = 'connections' | 'packets' | 'bytes';

/** Why a line stands out for a while. */
export type Mark = 'new' | 'gone' | 'changed';

/** What a line of the screen says of a service or a server. */
export interface WatchRow {
  readonly name: string;
  readonly mark: Mark | undefined;
  /** The name of the forwarding method, of a service that of its scheduler. */
  readonly method: string;
  /** Of a service the sum of its servers'. */
  readonly weight: number;
  /** The weight before it changed, while that is marked. */
  readonly weightBefore: number | undefined;
  readonly active: number;
  readonly inactive: number;
  readonly rates: Rates;
  /** The latest rates, the oldest first. */
  history(of: HistoryName): readonly number[];
}

/** A service and its servers on the screen. */
export interface WatchedService {
  readonly row: WatchRow;
  readonly servers: readonly WatchRow[];
}
