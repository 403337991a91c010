// Writes conversation.schema.json. Run it after a change to the schemas: pnpm write-json-schema
import { writeFileSync } from 'node:fs';
import { conversationJsonSchema } from '../src/index.ts';

const file = new URL('../conversation.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(conversationJsonSchema(), null, 2)}\n`);
