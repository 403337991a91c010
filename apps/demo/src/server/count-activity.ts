import type { Message } from '@tgstore/core';
import type { Activity } from '../api/index.ts';

/** Counts when and by whom messages were sent. Its memory depends on days and senders, not on messages. */
export class ActivityCounter {
  #messages = 0;
  /** By a number that is in the order of days: 20250131. */
  readonly #days = new Map<number, number>();
  readonly #weekHours = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  readonly #senders = new Map<string, { name: string | undefined; count: number }>();

  /** Tombstones are no messages any more. `sender` stands in the place of who sent it. */
  add(
    { date, deleted, sender_id, sender_name }: Message,
    sender?: { id: string; name: string | undefined },
  ): void {
    if (deleted) return;
    this.#messages += 1;
    if (sender) this.#count(sender.id, sender.name);
    else if (sender_id !== undefined && sender_id !== null)
      this.#count(String(sender_id), sender_name ?? undefined);
    if (!date) return;
    // the local time of this machine, as the page shows it
    const sent = new Date(date);
    const day = (sent.getFullYear() * 100 + sent.getMonth() + 1) * 100 + sent.getDate();
    this.#days.set(day, (this.#days.get(day) ?? 0) + 1);
    const hours = this.#weekHours[(sent.getDay() + 6) % 7] as number[];
    hours[sent.getHours()] = (hours[sent.getHours()] ?? 0) + 1;
  }

  finish(): Activity {
    const senders = [...this.#senders]
      .map(([id, { name, count }]) => ({ id, name, count }))
      .sort((a, b) => b.count - a.count);
    const others = senders.slice(MOST_SENDERS);
    return {
      messages: this.#messages,
      days: [...this.#days].sort(([a], [b]) => a - b).map(([day, count]) => [dayOf(day), count]),
      weekHours: this.#weekHours,
      senders: senders.slice(0, MOST_SENDERS),
      otherSenders: {
        senders: others.length,
        messages: others.reduce((sum, { count }) => sum + count, 0),
      },
    };
  }

  #count(id: string, name: string | undefined): void {
    const known = this.#senders.get(id);
    if (!known) {
      this.#senders.set(id, { name, count: 1 });
      return;
    }
    known.count += 1;
    // the latest name
    known.name = name ?? known.name;
  }
}

/** `2025-01-31` */
function dayOf(day: number): string {
  const digits = String(day).padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}

const MOST_SENDERS = 30;
