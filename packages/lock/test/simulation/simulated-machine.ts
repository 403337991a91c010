import { type Call, type Choose, DONE, type Outcome } from './call.ts';
import { SimulatedDisk } from './simulated-disk.ts';

/**
 * What may go wrong with a rename: a server that is asked twice says `ENOENT` for what it has done, and one that can't be
 * reached any more may have done it or not.
 */
export type RenameFault = 'done but ENOENT' | 'done but EIO' | 'failed with EIO';

/** A listing that has begun. */
interface Listing {
  readonly path: string;
  /** Names that came or went since. */
  readonly changed: ReadonlySet<string>;
}

/** Everything that the processes share: the disk, the gate, and who is dead. */
export class SimulatedMachine {
  readonly disk: SimulatedDisk;
  readonly dead: Set<number>;
  #gate: number | undefined;
  readonly #listings: Map<string, Listing>;

  constructor(from?: SimulatedMachine) {
    this.disk = from ? from.disk.clone() : new SimulatedDisk();
    this.dead = new Set(from?.dead);
    this.#gate = from ? from.#gate : undefined;
    this.#listings = new Map(from ? from.#listings : []);
  }

  /** What comes of a call; `choose` decides where more than one thing may come of it. */
  answer(pid: number, call: Call, choose: Choose, fault?: RenameFault): Outcome {
    this.disk.changes = [];
    const outcome = this.#answer(pid, call, choose, fault);
    this.#noteForListings();
    return outcome;
  }

  /** All of it, the same for the same state. */
  snapshot(shorten: (text: string) => string): string {
    const listings = [...this.#listings].map(
      ([id, { changed }]) => `${id} ${[...changed].sort().join(' ')}`,
    );
    const dead = [...this.dead].sort().join(' ');
    const gate = this.#gate ?? '';
    return [this.disk.snapshot(shorten), gate, dead, ...listings.sort()].join('\n');
  }

  #answer(pid: number, call: Call, choose: Choose, fault: RenameFault | undefined): Outcome {
    const { disk } = this;
    switch (call.name) {
      case 'list':
        return disk.list(call.path);
      case 'openListing':
        return this.#openListing(`${pid} ${call.listing}`, call.path);
      case 'readListing':
        return this.#readListing(`${pid} ${call.listing}`, choose);
      case 'read':
        return disk.read(call.path);
      case 'create':
        return disk.create(call.path, call.text, pid);
      case 'exists':
        return { value: disk.has(call.path) };
      case 'rename':
        return this.#rename(call.path, call.to, fault);
      case 'link':
        return disk.link(call.path, call.to);
      case 'unlink':
        return disk.unlink(call.path);
      case 'makeDirectory':
        return disk.create(call.path, undefined, pid);
      case 'removeDirectory':
        return disk.removeDirectory(call.path);
      case 'makerOf':
        return disk.makerOf(call.path);
      case 'isDead':
        return { value: this.dead.has(call.pid) };
      case 'enterGate':
        return { value: this.#enterGate(pid) };
      case 'leaveGate':
        if (this.#gate === pid) this.#gate = undefined;
        return DONE;
      default:
        return DONE;
    }
  }

  #rename(path: string, to: string, fault: RenameFault | undefined): Outcome {
    if (fault === 'failed with EIO') return { code: 'EIO' };
    const outcome = this.disk.rename(path, to);
    if ('code' in outcome || fault === undefined) return outcome;
    return { code: fault === 'done but EIO' ? 'EIO' : 'ENOENT' };
  }

  #openListing(id: string, path: string): Outcome {
    const outcome = this.disk.list(path);
    if ('code' in outcome) return outcome;
    this.#listings.set(id, { path, changed: new Set() });
    return DONE;
  }

  /** Names that were there all the time are shown; one that came or went may be. */
  #readListing(id: string, choose: Choose): Outcome {
    const listing = this.#listings.get(id);
    if (!listing) throw new TypeError(`listing ${id} was not opened`);
    this.#listings.delete(id);
    const stable = this.disk.namesIn(listing.path).filter((name) => !listing.changed.has(name));
    const shown = [...listing.changed].sort().filter(() => choose(2) === 1);
    return { value: [...stable, ...shown].sort() };
  }

  #noteForListings(): void {
    if (this.#listings.size === 0) return;
    for (const change of this.disk.changes) {
      const paths = 'to' in change ? [change.path, change.to] : [change.path];
      for (const [id, { path, changed }] of this.#listings) {
        const names = paths
          .filter((changedPath) => changedPath.startsWith(`${path}/`))
          .map((changedPath) => changedPath.slice(path.length + 1));
        if (names.length === 0) continue;
        this.#listings.set(id, { path, changed: new Set([...changed, ...names]) });
      }
    }
  }

  #enterGate(pid: number): boolean {
    const isFree = this.#gate === undefined || this.dead.has(this.#gate);
    if (isFree) this.#gate = pid;
    return isFree;
  }
}
