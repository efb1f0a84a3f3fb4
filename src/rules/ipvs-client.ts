import { IpvsClient as KernelClient } from '../ipvs/client.js';
import { drain, type ConfiguredTarget, type DrainOptions, type DrainOutcome } from '../ipvs/drain.js';
import {
  carryOut,
  planApply,
  type ApplyLimits,
  type ApplyOptions,
  type ApplyOutcome,
  type ApplyPlan,
} from './apply.js';
import type { NamedSettings } from './setting-differences.js';
import type { Table } from './table.js';

export type { Connection, Failure, OnChunk, OpenOptions, Operation } from '../ipvs/client.js';

/** What an apply may touch, and what is to be there beside the table. */
export interface DiffOptions extends ApplyLimits {
  /** Timeouts and sync daemons; what is not named stays as it is. */
  readonly settings?: NamedSettings | undefined;
}

/**
 * IPVS in the network namespace of this process, with tables as data. Every call may throw `NetlinkError` when the
 * kernel refuses, `SocketError` when it can't be reached, `DecodeError` when its answer makes no sense and `EncodeError`
 * when a value can't be told to it. Calls may overlap; they are carried out one after the other.
 */
export class IpvsClient extends KernelClient {
  /** What would have to change so that the kernel's table is as wanted; changes nothing. */
  diff(wanted: Table, { settings, ...limits }: DiffOptions = {}): Promise<ApplyPlan> {
    return planApply(this, wanted, limits, settings);
  }

  /**
   * Makes the kernel's table as wanted with the fewest operations, all or nothing: what is alike is not touched, and
   * after a refusal, an abort or a break of the connection what was done is undone.
   */
  async apply(
    wanted: Table,
    { scope, keepWeights, keepExtra, settings, ...options }: DiffOptions & ApplyOptions = {},
  ): Promise<ApplyOutcome> {
    const plan = await this.diff(wanted, { scope, keepWeights, keepExtra, settings });
    return carryOut(this, plan, { reopen: () => KernelClient.open(this.options), ...options });
  }

  /**
   * Gives servers the weight 0 and waits until their connections are gone, for as many seconds as `timeout` says. The
   * weights stay 0; servers that are not there count as drained.
   */
  drain(targets: readonly ConfiguredTarget[], options?: DrainOptions): Promise<DrainOutcome> {
    return drain(this, targets, options);
  }
}
