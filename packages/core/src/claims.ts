// Which process has which conversation in hand.
// 1. A claim is set and cleared under the lock of the conversation; it is void when all that hold it are proved dead.
// 2. What was processed is on the disk before the conversation gets its processed name.
// 3. It gets that name only if its file is the one that was handed over.

import { randomBytes } from 'node:crypto';
import { describeSelf, isProvedDead, type ProcessToken } from '@tgstore/lock';
import { changeConversation } from './change-conversation.ts';
import { type ContentVersion, isProvedSame, isSameVersion, versionOf } from './content-version.ts';
import type { ConversationFile } from './conversation-file.ts';
import type { HeldGuard } from './conversation-guard.ts';
import type { StoredFile } from './layout.ts';
import { giveProcessedName } from './mark.ts';
import { type Changes, readChanges } from './read-changes.ts';
import {
  type Claim,
  type ProcessingFailure,
  processedNow,
  readState,
  removeRecords,
  updateState,
} from './state-file.ts';
import type { StoreDirectory } from './store-directory.ts';

/** A conversation in hand. */
export interface ClaimedConversation {
  readonly id: string;
  readonly claim: Claim;
  /** One snapshot of it; to be closed. */
  readonly file: ConversationFile;
  readonly version: ContentVersion;
  /** Since it was processed last. */
  readonly changes: Changes;
  /** How often in a row processing this content has failed. */
  readonly attempts: number;
}

/** Why a conversation is not handed over. */
export type NotClaimed =
  /** It is processed, or gone. */
  | 'done'
  /** It was processed before a crash, and only now has its name. */
  | 'finished'
  /** A living process has it in hand. */
  | 'claimed'
  /** It failed, and its next attempt comes later. */
  | 'waiting'
  /** It failed too often. */
  | 'exhausted';

export interface ClaimOptions {
  readonly maxAttempts: number;
  /** Takes conversations although they failed before, and whenever their next attempt is. */
  readonly retryFailed: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Takes a conversation in hand; resolves to why not, where that can't be. */
export async function claimConversation(
  store: StoreDirectory,
  id: string,
  options: ClaimOptions,
): Promise<ClaimedConversation | NotClaimed> {
  if ((await store.find(id))?.status !== 'unprocessed') return 'done';
  let opened: ConversationFile | undefined;
  let written: Claim | undefined;
  const take = async (
    held: HeldGuard,
    found: StoredFile | undefined,
  ): Promise<ClaimedConversation | NotClaimed> => {
    if (found?.status !== 'unprocessed') return 'done';
    const { processed, claim: other, failure } = await readState(store, id);
    if (other && !(await isVoid(store, other))) return 'claimed';
    const file = await store.open(id);
    opened = file;
    const version = versionOf(await file.readMetadata(), file.size);
    if (isProvedSame(processed, version)) {
      await giveProcessedName(store, found, { held, size: file.size });
      await file[Symbol.asyncDispose]();
      return 'finished';
    }
    const attempts = isSameVersion(failure?.content, version) ? (failure?.attempts ?? 0) : 0;
    const reason = options.retryFailed ? undefined : postponed(failure, attempts, options);
    if (reason) {
      await file[Symbol.asyncDispose]();
      return reason;
    }
    const changes = await readChanges(store, id, processed, file);
    const claim = await newClaim(store, options.now());
    held.assertHeld();
    written = claim;
    await updateState(store, id, { claim }, { relaxed: true });
    return { id, claim, file, version, changes, attempts };
  };
  try {
    return await changeConversation(store, id, 'claim', take);
  } catch (error) {
    // also where only the lock could not be given back: then the claim stands, and nobody has the conversation in hand
    if (written) store.abandonedClaims.add(written.id);
    await opened?.[Symbol.asyncDispose]();
    throw error;
  }
}

/** Lets the command of a claim hold it too: it has the conversation in hand until both have ended. */
export async function joinClaim(
  store: StoreDirectory,
  id: string,
  claim: Claim,
  holder: ProcessToken,
): Promise<void> {
  await changeConversation(store, id, 'claim', async () => {
    const { claim: now } = await readState(store, id);
    if (now?.id !== claim.id) return;
    const joined = { ...now, holders: [...now.holders, holder] };
    await updateState(store, id, { claim: joined }, { relaxed: true });
  });
}

/**
 * Records that a snapshot was processed and gives the conversation back; resolves to whether it is processed now: not where
 * its content has changed since, which then is what is left to process.
 */
export async function finishClaim(
  store: StoreDirectory,
  { id, claim, file, version }: ClaimedConversation,
): Promise<boolean> {
  return await changeConversation(store, id, 'mark', async (held, found) => {
    const { claim: now } = await readState(store, id);
    // somebody took it from us by force, or the store was replaced: what we did counts for nothing
    if (now?.id !== claim.id) return false;
    if (!found) {
      await removeRecords(store, id);
      return true;
    }
    // marked by somebody else: nothing is left to do
    if (found.status !== 'unprocessed') {
      await updateState(store, id, { claim: undefined }, { relaxed: true });
      return true;
    }
    if (now.again) {
      await updateState(store, id, { claim: undefined }, { relaxed: true });
      return false;
    }
    const processed = processedNow(version);
    held.assertHeld();
    await updateState(store, id, { processed, claim: undefined, failure: undefined });
    if (await isStill(store, found, file, version)) {
      await giveProcessedName(store, found, { held, size: file.size });
      return true;
    }
    // rewritten by another program that carried the old id along: what was processed says nothing of it
    await using rewritten = await store.open(id);
    if (isSameVersion(versionOf(await rewritten.readMetadata(), rewritten.size), version)) {
      await updateState(store, id, { processed: undefined });
    }
    return false;
  });
}

/** Gives a conversation back unprocessed, with why it failed, if it did. */
export async function releaseClaim(
  store: StoreDirectory,
  { id, claim }: Pick<ClaimedConversation, 'id' | 'claim'>,
  failure?: ProcessingFailure | undefined,
): Promise<void> {
  await changeConversation(store, id, 'claim', async (_held, found) => {
    const { claim: now } = await readState(store, id);
    if (now?.id !== claim.id) return;
    if (!found) await removeRecords(store, id);
    else await updateState(store, id, { claim: undefined, ...(failure && { failure }) });
  });
}

/** Forgets a conversation that is deleted, but not who has it in hand: should it come again, it is still in those hands. */
export async function forgetConversation(store: StoreDirectory, id: string): Promise<void> {
  const { claim } = await readState(store, id);
  const isInHand = claim && !(await isVoid(store, claim));
  if (isInHand) {
    const again = { ...claim, again: true };
    await updateState(store, id, { processed: undefined, claim: again, failure: undefined });
  }
  await removeRecords(store, id, { keepState: isInHand });
}

/** Whether nobody lives who holds it. */
export async function isVoid(store: StoreDirectory, claim: Claim): Promise<boolean> {
  if (store.abandonedClaims.has(claim.id) && claim.holders.length === 1) return true;
  const directory = store.layout.locksDirectory;
  for (const holder of claim.holders) {
    if (!(await isProvedDead(holder, { directory }))) return false;
  }
  return true;
}

async function newClaim({ layout }: StoreDirectory, now: number): Promise<Claim> {
  const self = await describeSelf({ directory: layout.locksDirectory });
  return {
    id: randomBytes(8).toString('hex'),
    since: new Date(now).toISOString(),
    holders: [self],
  };
}

function postponed(
  failure: ProcessingFailure | undefined,
  attempts: number,
  { maxAttempts, now }: ClaimOptions,
): NotClaimed | undefined {
  if (!failure || attempts === 0) return undefined;
  if (attempts >= maxAttempts) return 'exhausted';
  // a failure in the future is of a clock that was wrong
  const isWaiting = Date.parse(failure.at) <= now() && Date.parse(failure.next_attempt) > now();
  return isWaiting ? 'waiting' : undefined;
}

/** Whether the file is the one that was handed over: nobody wrote to it or replaced it since. */
async function isStill(
  store: StoreDirectory,
  found: StoredFile,
  file: ConversationFile,
  version: ContentVersion,
): Promise<boolean> {
  if (!(await store.isUnchanged(found, file.identity))) return false;
  return isSameVersion(versionOf(await file.readMetadata(), file.size), version);
}
