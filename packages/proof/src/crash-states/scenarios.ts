import { small } from './conversations.ts';
import {
  type Beginning,
  beginWith,
  forImport,
  forMending,
  forMigration,
  forPrune,
  forRestore,
  forTakingBack,
  nothing,
} from './preparations.ts';
import type { Scenario, Step } from './scenario.ts';
import { CHANGES, OPERATIONS } from './steps.ts';

/** Every operation of a store, from where it has most to do. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'save new into no store', prepare: nothing, steps: [CHANGES.saveNew] },
  from('absent', CHANGES.saveNew),
  from('processed', CHANGES.saveOver),
  from('unprocessed', CHANGES.append),
  from('large', CHANGES.append),
  from('processed', CHANGES.append),
  from('changed since', CHANGES.merge),
  from('large', CHANGES.merge),
  from('processed', CHANGES.deleteMessages),
  from('changed since', CHANGES.markProcessed),
  from('large', CHANGES.markProcessed),
  from('processed', CHANGES.markUnprocessed),
  from('changed since', CHANGES.deleteConversation),
  from('changed since', CHANGES.process),
  from('changed since', OPERATIONS.processAndFail),
  { ...from('processed', OPERATIONS.createBackup), throughSeam: false },
  { name: 'prune', prepare: forPrune, steps: [OPERATIONS.prune], throughSeam: false },
  {
    name: 'restore over what is there',
    prepare: forRestore,
    steps: [OPERATIONS.restore],
    keepsReplaced: true,
    throughSeam: false,
  },
  { name: 'import of two', prepare: forImport, steps: [OPERATIONS.import] },
  {
    name: 'recover from an interrupted append',
    prepare: forTakingBack,
    steps: [OPERATIONS.recover],
  },
  {
    name: 'recover what others left',
    prepare: forMending,
    steps: [OPERATIONS.recover],
    quarantines: true,
  },
  { name: 'migrate', prepare: forMigration, steps: [OPERATIONS.migrate] },
];

/** Every two changes of one conversation. */
export const SEQUENCES: readonly Scenario[] = (
  ['unprocessed', 'processed', 'large'] as const
).flatMap((beginning) =>
  Object.values<Step>(CHANGES).flatMap((first) =>
    Object.values<Step>(CHANGES).map((second) => from(beginning, first, second)),
  ),
);

/** @throws where there is none of this name */
export function scenarioOf(name: string): Scenario {
  const found = [...SCENARIOS, ...SEQUENCES].find((scenario) => scenario.name === name);
  if (!found) throw new TypeError(`there is no scenario ${name}`);
  return found;
}

function from(beginning: Beginning, ...steps: Step[]): Scenario {
  const name = `${beginning}: ${steps.map((step) => step.name).join(', ')}`;
  const given = beginning === 'changed since' ? [small()] : [];
  return { name, prepare: beginWith(beginning), steps, given };
}
