import { errorCode, errorText } from './errno.js';

/** What every error of this package is. `code` is a stable word to branch on; the message is one line. */
export class IpvsadmError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The kernel refused a request. `code` is the name of the error number, as in `ESRCH`. */
export class NetlinkError extends IpvsadmError {
  /** Error number of Linux, positive. */
  readonly errno: number;
  /** What was asked, by the name its caller gave it. */
  readonly operation: string;
  /** The kernel's own words about the refusal, where it has some. */
  readonly extendedAck: string | undefined;

  constructor(errno: number, operation: string, message = errorText(errno), extendedAck?: string) {
    super(errorCode(errno), message);
    this.errno = errno;
    this.operation = operation;
    this.extendedAck = extendedAck;
  }
}

/** Bytes from the kernel are not what they should be. */
export class DecodeError extends IpvsadmError {
  /** Where: names of attributes from the outermost to the one in question, joined by dots. */
  readonly path: string;
  /** Length in bytes that was needed, where length is the trouble. */
  readonly wanted: number | undefined;
  /** Length in bytes, or the value, that was there. */
  readonly got: number | undefined;

  constructor(path: string, trouble: string, wanted?: number, got?: number) {
    super('ERR_DECODE', `Unexpected answer from the kernel: ${path}: ${trouble}`);
    this.path = path;
    this.wanted = wanted;
    this.got = got;
  }

  /** Too short, too long, or reaching over the end of what holds it. */
  static size(path: string, wanted: number, got: number): DecodeError {
    return new DecodeError(path, `wanted ${wanted} bytes, got ${got}`, wanted, got);
  }

  /** A compulsory attribute is not there. */
  static missing(path: string): DecodeError {
    return new DecodeError(path, 'missing');
  }

  /** A value that has no meaning here. */
  static value(path: string, got: number): DecodeError {
    return new DecodeError(path, `meaningless value ${got}`, undefined, got);
  }
}

/** A value cannot be told to the kernel: out of range, too long, or of another type. */
export class EncodeError extends IpvsadmError {
  /** Names of attributes from the outermost to the one in question, joined by dots. */
  readonly path: string;

  constructor(path: string, trouble: string) {
    super('ERR_ENCODE', `Invalid value: ${path}: ${trouble}`);
    this.path = path;
  }
}

/** A listing changed each time while it was read. */
export class DumpInterruptedError extends IpvsadmError {
  readonly operation: string;
  readonly attempts: number;

  constructor(operation: string, attempts: number) {
    super('ERR_DUMP_INTERRUPTED', `The table kept changing while it was read (${attempts} attempts)`);
    this.operation = operation;
    this.attempts = attempts;
  }
}

/** The kernel does not have the generic netlink family that was asked for. */
export class FamilyMissingError extends IpvsadmError {
  readonly family: string;

  constructor(family: string, message = errorText(92), options?: ErrorOptions) {
    super('ENOPROTOOPT', message, options);
    this.family = family;
  }
}

/**
 * The socket itself failed: it could not be opened, written or read, lost answers, or got none in time. `code`
 * is the name of an error number, or one of `ERR_SOCKET_*`.
 */
export class SocketError extends IpvsadmError {
  static closed(): SocketError {
    return new SocketError('ERR_SOCKET_CLOSED', 'The netlink socket is closed');
  }

  static timeout(milliseconds: number): SocketError {
    return new SocketError('ERR_SOCKET_TIMEOUT', `No answer from the kernel within ${milliseconds / 1000} s`);
  }

  static truncated(wanted: number, got: number): SocketError {
    return new SocketError(
      'ERR_SOCKET_TRUNCATED',
      `An answer of ${wanted} bytes from the kernel was cut to ${got}`,
    );
  }

  static answersLost(options?: ErrorOptions): SocketError {
    return new SocketError(
      'ENOBUFS',
      'Answers from the kernel were lost because they did not fit in the receive buffer',
      options,
    );
  }
}
