import { constants } from 'node:os';
import type { ScreenSize } from '../../output/watch/screen.js';
import type { Terminal } from '../session.js';
import { splitKeys } from './keys.js';

/** The alternate screen, cleared, without a cursor and where long lines end at the edge; and back. */
const enterText = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J';
const leaveText = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';

const shellSignalBase = 128;

/** Signals that end a process, beside those that every command answers to. */
const endingSignals = [
  'SIGHUP',
  'SIGQUIT',
  'SIGABRT',
  'SIGALRM',
  'SIGUSR1',
  'SIGUSR2',
  'SIGXCPU',
  'SIGVTALRM',
  'SIGIO',
] as const;

/** So long after asking to be stopped (ms of running) a process is looked at whether it ever was. */
const stopDelay = 100;

/** How an escape key is told from the beginning of another key's name: nothing comes behind it for so long (ms). */
const escapeDelay = 50;

export interface ScreenEvents {
  readonly onKey: (key: string) => void;
  /** The window has another size, or its content was lost. */
  readonly onResize: () => void;
  /** Somebody wants the program to end, with this exit status. */
  readonly onEnd: (exitStatus: number) => void;
}

/**
 * The terminal as a whole screen. However the process ends, short of SIGKILL, the terminal is given back as it was: with
 * its cursor, its own screen and its own way of reading lines.
 */
export class FullScreen {
  readonly #terminal: Terminal;
  readonly #events: ScreenEvents;
  readonly #input = process.stdin;
  #lines: readonly string[] = [];
  #entered = false;
  /** Given back for good. */
  #left = false;
  #pendingInput = '';
  #escapeTimer: NodeJS.Timeout | undefined;

  constructor(terminal: Terminal, events: ScreenEvents) {
    this.#terminal = terminal;
    this.#events = events;
  }

  get size(): ScreenSize {
    const { columns, rows } = process.stdout;
    return { width: columns || 80, height: rows || 24 };
  }

  /** Takes the terminal. */
  enter(): void {
    process.on('exit', this.#leaveAtExit);
    for (const signal of endingSignals) process.on(signal, this.#onEndingSignal);
    process.on('SIGCONT', this.#onContinue);
    process.stdout.on('resize', this.#onResize);
    this.#take();
    if (this.#input.isTTY) {
      this.#input.on('error', this.#onHangup);
      this.#input.on('end', this.#onHangup);
      this.#input.setEncoding('utf8');
      this.#input.on('data', this.#onInput);
    }
  }

  /** Gives the terminal back. Where that is gone the process ends as a hang-up would end it. */
  leave(): void {
    this.#left = true;
    process.off('exit', this.#leaveAtExit);
    for (const signal of endingSignals) process.off(signal, this.#onEndingSignal);
    process.off('SIGTSTP', this.#onStop);
    process.off('SIGCONT', this.#onContinue);
    process.stdout.off('resize', this.#onResize);
    this.#input.off('data', this.#onInput);
    this.#input.pause();
    // An orderly end of Node fails where there is no terminal to give back.
    if (!this.#give()) process.kill(process.pid, 'SIGHUP');
  }

  /**
   * Stops the process and those it runs with, as the terminal would for Ctrl-Z, and takes the terminal again when it
   * goes on. Where nobody could let it go on, the kernel does not stop it: then at once.
   */
  suspend(): void {
    this.#give();
    process.off('SIGTSTP', this.#onStop);
    process.kill(0, 'SIGTSTP');
    setTimeout(this.#onContinue, stopDelay);
  }

  /** Draws lines, those that differ from what is there. */
  draw(lines: readonly string[]): void {
    if (!this.#entered) return;
    let text = '';
    for (const [index, line] of lines.entries()) {
      // The old line goes first: erasing behind a line as wide as the screen would take its last character.
      if (line !== this.#lines[index]) text += `\u001b[${index + 1};1H\u001b[K${line}`;
    }
    this.#lines = lines;
    if (text === '') return;
    this.#terminal.write(text);
    this.#terminal.flush();
  }

  /** Draws everything anew the next time. */
  forget(): void {
    this.#lines = [];
    this.#terminal.write('\u001b[2J');
  }

  #take(): void {
    this.#entered = true;
    this.#lines = [];
    process.off('SIGTSTP', this.#onStop);
    process.on('SIGTSTP', this.#onStop);
    if (this.#input.isTTY) {
      // Somebody else may have set the terminal meanwhile, which only a change of mode puts right.
      this.#input.setRawMode(false);
      this.#input.setRawMode(true);
    }
    this.#terminal.write(enterText);
    this.#terminal.flush();
  }

  /** False where the terminal itself is gone. */
  #give(): boolean {
    if (!this.#entered) return true;
    this.#entered = false;
    try {
      if (this.#input.isTTY) this.#input.setRawMode(false);
      this.#terminal.write(leaveText);
      this.#terminal.flush();
      return true;
    } catch {
      return false;
    }
  }

  readonly #leaveAtExit = (): void => {
    this.#give();
  };

  readonly #onHangup = (): void => {
    this.#events.onEnd(shellSignalBase + constants.signals.SIGHUP);
  };

  readonly #onEndingSignal = (signal: NodeJS.Signals): void => {
    this.#events.onEnd(shellSignalBase + constants.signals[signal]);
  };

  readonly #onStop = (): void => {
    this.suspend();
  };

  readonly #onContinue = (): void => {
    if (this.#left) return;
    this.#take();
    this.#onResize();
  };

  readonly #onResize = (): void => {
    this.forget();
    this.#events.onResize();
  };

  readonly #onInput = (input: string): void => {
    clearTimeout(this.#escapeTimer);
    this.#pendingInput += input;
    // Slow lines bring the parts of a key's name one by one.
    if (/\u001b(?:[[O][0-9;]*)?$/.test(this.#pendingInput)) {
      this.#escapeTimer = setTimeout(this.#takeKeys, escapeDelay);
    } else {
      this.#takeKeys();
    }
  };

  readonly #takeKeys = (): void => {
    const keys = splitKeys(this.#pendingInput);
    this.#pendingInput = '';
    for (const key of keys) this.#events.onKey(key);
  };
}
