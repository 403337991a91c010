import type { Id, Message } from '@tgstore/schema';
import { mergeMessages } from '@tgstore/schema';
import type { Random } from '@tgstore/testkit';
import { hostileMessage, MESSAGE_IDS, TWINS } from './hostile.ts';

/** One operation, before it is run: everything random is chosen. */
export interface Step {
  readonly kind: Kind;
  readonly id: string;
  /** Which of the objects over the store does it. */
  readonly manager: number;
  readonly messages: readonly Message[];
  readonly messageIds: readonly Id[];
  readonly flag: boolean;
  readonly other: boolean;
  readonly limit: number;
  /** What happens while a processor has it in hand. */
  readonly meanwhile?: Step | undefined;
}

export type Kind = (typeof KINDS)[number][0];

export interface Plan {
  readonly ids: readonly string[];
  /** Behind the messages stands one this long, so that appends happen in place. */
  readonly large: boolean;
  /** One after the other, before the clients begin. */
  readonly first: readonly Step[];
  readonly clients: readonly (readonly Step[])[];
}

/** How often each is chosen. */
const KINDS = [
  ['save', 3],
  ['replace', 4],
  ['append', 8],
  ['merge', 6],
  ['deleteMessages', 4],
  ['deleteConversation', 3],
  ['markProcessed', 4],
  ['markUnprocessed', 3],
  ['process', 12],
  ['import', 3],
  ['backup', 1],
  ['restore', 3],
  ['recover', 1],
  ['load', 4],
  ['messages', 3],
  ['metadata', 2],
  ['cursor', 2],
  ['search', 2],
  ['list', 2],
  ['failed', 1],
  ['changes', 1],
  ['check', 1],
] as const;
const DRAWN = KINDS.flatMap(([kind, times]) => Array.from({ length: times }, () => kind));

export function makePlan(random: Random): Plan {
  const [one, two] = random.pick(TWINS);
  const ids = random.chance(0.3) ? [one, two] : [random.pick([one, two])];
  const large = random.chance(0.25);
  const before = Array.from({ length: random.int(0, 3) }, () => makeStep(random, ids));
  const saved = ids
    .filter(() => random.chance(0.9))
    .map((id) => ({ ...makeStep(random, [id]), kind: 'save' as const, messages: some(random) }));
  const clients = Array.from({ length: random.int(2, 4) }, () =>
    Array.from({ length: random.int(1, 3) }, () => makeStep(random, ids)),
  );
  return { ids, large, first: [...saved, ...before], clients };
}

function makeStep(random: Random, ids: readonly string[], depth = 0): Step {
  const kind = random.pick(DRAWN);
  const meanwhile = random.chance(0.5) ? undefined : makeMeanwhile(random, ids, depth);
  return {
    kind,
    id: random.pick(ids),
    manager: random.int(0, 2),
    messages: some(random),
    messageIds: Array.from({ length: random.int(1, 3) }, () => random.pick(MESSAGE_IDS)),
    flag: random.chance(0.5),
    other: random.chance(0.3),
    limit: random.int(1, 4),
    ...(meanwhile && kind === 'process' && { meanwhile }),
  };
}

function makeMeanwhile(random: Random, ids: readonly string[], depth: number): Step | undefined {
  const step = depth < 1 ? makeStep(random, ids, depth + 1) : undefined;
  return step?.kind === 'process' ? undefined : step;
}

/** One of each id, as a conversation has them. */
function some(random: Random): readonly Message[] {
  const few = random.chance(0.8) ? MESSAGE_IDS.slice(0, 8) : MESSAGE_IDS;
  const messages = Array.from({ length: random.int(0, 4) }, () =>
    hostileMessage(random, random.pick(few)),
  );
  return [...mergeMessages(new Map(), messages).messages.values()];
}
