import { expect, test } from 'vitest';
import {
  checkMetadata,
  conversationJsonSchema,
  deserializeConversation,
  messageSchema,
  metadataSchema,
  ProblemList,
  parseJson,
  sampleConversation,
  serializeConversation,
  summarize,
  updateMetadata,
  validateConversation,
} from '../src/index.ts';
import { fits } from './support/json-schema.ts';

test('the sample is valid as it is, by our schema and by the JSON Schema', () => {
  const sample = sampleConversation();
  expect(validateConversation(sample)).toEqual(sample);
  expect(checkMetadata(sample.metadata, new ProblemList())).toBe(true);
  const text = serializeConversation(sample);
  expect(deserializeConversation(text)).toEqual(sample);
  expect(fits(conversationJsonSchema(), parseJson(text))).toBe(true);
});

test('its metadata agree with its messages', () => {
  const { messages, metadata } = sampleConversation();
  expect(updateMetadata(metadata, summarize(messages.values()))).toEqual(metadata);
});

test('it uses every key of the format', () => {
  const { messages, metadata } = sampleConversation();
  const used = new Set([...messages.values()].flatMap((message) => Object.keys(message)));
  expect([...used].sort()).toEqual(Object.keys(messageSchema.shape).sort());
  expect(Object.keys(metadata).sort()).toEqual(Object.keys(metadataSchema.shape).sort());
});

test('each call gives a new one', () => {
  const first = sampleConversation();
  first.messages.clear();
  (first.metadata.participants ?? []).length = 0;
  expect(sampleConversation().messages.size).toBe(3);
  expect(sampleConversation().metadata.participants).toHaveLength(2);
});
