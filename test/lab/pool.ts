import { type Lab, bootLab } from './lab.ts';

/** A few guests side by side, booted when they are first needed and replaced when they die. */
export class LabPool {
  private readonly size: number;
  private readonly idle: Lab[] = [];
  private readonly waiting: (() => void)[] = [];
  private inUse = 0;

  constructor(size: number) {
    this.size = size;
  }

  /** Runs `work` with a guest that nobody else uses meanwhile. */
  async use<T>(work: (lab: Lab) => Promise<T>): Promise<T> {
    while (this.inUse >= this.size) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.inUse += 1;
    try {
      const lab = this.takeIdle() ?? (await bootLab());
      try {
        return await work(lab);
      } finally {
        this.idle.push(lab);
      }
    } finally {
      this.inUse -= 1;
      this.waiting.shift()?.();
    }
  }

  /** Shuts every guest down. */
  async close(): Promise<void> {
    await Promise.all(this.idle.splice(0).map((lab) => lab.powerOff()));
  }

  private takeIdle(): Lab | undefined {
    for (let lab = this.idle.pop(); lab; lab = this.idle.pop()) {
      if (lab.isUp) return lab;
    }
    return undefined;
  }
}
