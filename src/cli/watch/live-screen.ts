import { hostname } from 'node:os';
import type { Snapshot } from '../../ipvs/watch.js';
import { renderWatch, type ScreenStyle } from '../../output/watch/screen.js';
import type { Session } from '../session.js';
import { FullScreen } from './full-screen.js';
import { actionOf, type KeyAction } from './keys.js';
import { afterKey, type ScreenState, type ScrollRoom } from './screen-state.js';
import type { WatchedTable } from './watched-table.js';

/** How the screen ends: an exit status, and nothing more to say. */
export interface ScreenEnd {
  readonly exitStatus: number;
}

const interruptStatus = 130;

/** The live view on a terminal: draws what a table of looks holds, and answers to keys. */
export class LiveScreen {
  readonly #screen: FullScreen;
  readonly #table: WatchedTable;
  readonly #style: ScreenStyle;
  readonly #onInterval: (interval: number) => void;
  readonly #ended: Promise<ScreenEnd>;
  #end: (end: ScreenEnd) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #state: ScreenState;
  #scroll: ScrollRoom = { rows: 0, room: 0 };
  #time = '';
  #notice = '';

  /** `onInterval` is called when the user wants looks in another interval. */
  constructor(
    { terminal }: Pick<Session, 'terminal'>,
    table: WatchedTable,
    state: ScreenState,
    style: ScreenStyle,
    onInterval: (interval: number) => void,
  ) {
    this.#table = table;
    this.#state = state;
    this.#style = style;
    this.#onInterval = onInterval;
    this.#ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    this.#screen = new FullScreen(terminal, {
      onKey: (key) => {
        this.#guard(() => {
          this.#take(key);
        });
      },
      onResize: () => {
        this.#guard(() => {
          this.#draw();
        });
      },
      onEnd: (exitStatus) => {
        this.#end({ exitStatus });
      },
    });
  }

  /** Settles when the user, or a signal to the terminal, ends the view; rejects when drawing fails. */
  get ended(): Promise<ScreenEnd> {
    return this.#ended;
  }

  enter(): void {
    this.#screen.enter();
    this.#draw();
  }

  leave(): void {
    this.#screen.leave();
  }

  /** Whether the user wants the screen to stand still. */
  get isPaused(): boolean {
    return this.#state.paused;
  }

  /** Shows what the table holds since this look. */
  show({ time }: Snapshot, notice: string): void {
    this.#time = time.toTimeString().slice(0, 8);
    this.#notice = notice;
    this.#draw();
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(key: string): void {
    const action = actionOf(key, this.#state.typing);
    if (action === undefined || this.#obey(action)) return;
    const { interval } = this.#state;
    this.#state = afterKey(this.#state, action, this.#scroll);
    if (this.#state.interval !== interval) this.#onInterval(this.#state.interval);
    this.#draw();
  }

  /** Whether the key was for more than the state of the screen. */
  #obey({ kind }: KeyAction): boolean {
    if (kind === 'quit') this.#end({ exitStatus: 0 });
    else if (kind === 'interrupt') this.#end({ exitStatus: interruptStatus });
    else if (kind === 'suspend') this.#screen.suspend();
    else if (kind === 'redraw') this.#screen.forget();
    return kind === 'quit' || kind === 'interrupt' || kind === 'suspend';
  }

  #draw(): void {
    const { column, reversed, filter, typing, offset, interval, paused } = this.#state;
    const { lines, rows, room } = renderWatch(
      {
        host: hostname(),
        time: this.#time,
        interval,
        paused,
        services: this.#table.services(),
        selection: { column, reversed, filter },
        typing,
        offset,
        notice: this.#notice,
      },
      this.#screen.size,
      this.#style,
    );
    this.#scroll = { rows, room };
    this.#screen.draw(lines);
  }
}
