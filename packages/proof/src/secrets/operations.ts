import { changeOperations } from './change-operations.ts';
import { exchangeOperations } from './exchange-operations.ts';
import { lockOperations } from './lock-operations.ts';
import { mendingOperations } from './mending-operations.ts';
import type { Operation, Tools } from './tools.ts';

/** Every operation of the API, each of them also in a way in which it fails, in an order in which each finds what it needs. */
export function apiOperations(tools: Tools): Operation[] {
  return [changeOperations, lockOperations, exchangeOperations, mendingOperations].flatMap((list) =>
    list(tools),
  );
}
