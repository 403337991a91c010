import { z } from 'zod';
import { conversationDocumentSchema } from './conversation.ts';
import { idSchema } from './fields.ts';
import { SCHEMA_VERSION } from './migrations.ts';

/** The JSON Schema (draft 2020-12) of a conversation file, made from the zod schemas. Published as `conversation.schema.json`. */
export function conversationJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(conversationDocumentSchema, {
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== idSchema) return;
      // one short line for what zod spells as three alternatives, bigint among them
      delete jsonSchema.anyOf;
      Object.assign(jsonSchema, { type: ['string', 'integer'], minLength: 1 });
    },
  });
  return {
    $schema: schema.$schema,
    $id: `urn:tgstore:conversation:${SCHEMA_VERSION}`,
    title: 'tgstore conversation file',
    ...schema,
  };
}
