// What the command line and rule files accept; the kernel takes more of some.

/** Largest weight and largest connection threshold. */
export const largestCount = 0x7fffffff;
/** Largest port. */
export const largestPort = 0xffff;
/** Largest firewall mark. */
export const largestFwmark = 0xffffffff;
/** Largest timeout in seconds: 31 days. */
export const largestTimeout = 2678400;
/** Largest sync daemon id. */
export const largestSyncId = 255;
/** Largest sync message in bytes: what fits into a UDP datagram. */
export const largestSyncMessage = 65507;
/** Largest time to live of a packet. */
export const largestTtl = 255;
/** Bytes of a name that fit the kernel's fields beside the closing zero (`IP_VS_*_MAXLEN` in `linux/ip_vs.h`). */
export const nameLengths = { scheduler: 15, persistenceEngine: 16, interface: 15 } as const;

/** The scheduler of a service where none is told. */
export const defaultScheduler = 'wlc';
/** Seconds of persistence where none are told. */
export const defaultPersistence = 360;
/** The interface of a sync daemon where none is told. */
export const defaultInterface = 'eth0';
