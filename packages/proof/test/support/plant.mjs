// Replaces one piece of source as it is loaded, as PLANT says: {"file":"core/src/x.ts","find":"…","replace":"…"}. Loaded before tsx, so that it
// gives it the source.

import { register } from 'node:module';

register('./plant-hooks.mjs', import.meta.url, { data: JSON.parse(process.env.PLANT ?? '{}') });
