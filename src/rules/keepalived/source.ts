import { IpvsadmError } from '../../netlink/errors.js';

/** A text of a keepalived configuration: the file itself or one that it includes. */
export interface ConfigurationText {
  /** The name of the file, for messages and as the place that its own includes are relative to. */
  readonly name: string;
  readonly text: string;
}

/** Where a statement of a configuration stands; lines count from 1. */
export interface ConfigurationPlace {
  readonly name: string;
  readonly line: number;
}

/** Where included files come from. */
export interface Inclusion {
  /** The files that a name or pattern of an `include` in the file `from` means, in order. Throws what reading throws. */
  find(pattern: string, from: string): readonly ConfigurationText[];
}

/** A keepalived configuration that can't be read. */
export class ConfigurationError extends IpvsadmError {
  readonly place: ConfigurationPlace;
  /** The message without the place. */
  readonly reason: string;

  constructor(place: ConfigurationPlace, reason: string) {
    super('ERR_KEEPALIVED', `${place.name}:${place.line}: ${reason}`);
    this.place = place;
    this.reason = reason;
  }
}

/** What was left out or changed of a configuration, and why. */
export interface Notice {
  readonly place: ConfigurationPlace;
  /** Notices of the same kind are told once. */
  readonly kind: string;
}

/** Takes notices as they come up. */
export type Notify = (place: ConfigurationPlace, kind: string) => void;
