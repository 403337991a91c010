import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startTypeScript } from '@tgstore/testkit';
import type { Order, Report } from './order.ts';

/** Processes that take locks when they are told to. */
export class Crew implements AsyncDisposable {
  readonly #members: readonly ChildProcess[];
  /** Called with each report, and the number of the process that sent it. */
  onReport: (report: Report, member: number) => void = () => {};

  private constructor(members: readonly ChildProcess[]) {
    this.#members = members;
    for (const [number, member] of members.entries()) {
      member.on('message', (report: Report) => this.onReport(report, number));
      member.on('exit', (status) => {
        if (!member.killed) throw new Error(`process ${number} of the crew ended with ${status}`);
      });
    }
  }

  /** Resolves when all of them are ready. */
  static async start(count: number): Promise<Crew> {
    const members = Array.from({ length: count }, () =>
      startTypeScript(new URL('../lock-member.ts', import.meta.url), {
        nodeOptions: ['--expose-gc'],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    );
    const crew = new Crew(members);
    await Promise.all(members.map((member) => once(member, 'message')));
    return crew;
  }

  order(member: number, order: Order): void {
    this.#members[member]?.send(order);
  }

  /** Gives each order to one process, and resolves to the reports of one kind when all have come. */
  async gather<Kind extends Report['kind']>(
    orders: readonly Order[],
    kind: Kind,
  ): Promise<(Report & { kind: Kind })[]> {
    const reports: (Report & { kind: Kind })[] = [];
    await new Promise<void>((resolve) => {
      let missing = orders.length;
      this.onReport = (report, member) => {
        if (report.kind !== kind) return;
        reports[member] = report as Report & { kind: Kind };
        missing -= 1;
        if (missing === 0) resolve();
      };
      for (const [member, order] of orders.entries()) this.order(member, order);
    });
    return reports;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.#members) member.kill('SIGKILL');
    await Promise.all(
      this.#members.map(async (member) => {
        if (member.exitCode === null && member.signalCode === null) await once(member, 'exit');
      }),
    );
  }
}
