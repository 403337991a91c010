import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a user does with a library: `uses/NAME.mjs`, written in what JavaScript and TypeScript have in common, as the three files
 * that a user could have written.
 */
export function programs(name) {
  const module = readFileSync(join(import.meta.dirname, 'uses', `${name}.mjs`), 'utf8');
  return {
    'use.mjs': module,
    'use.cjs': requiring(module),
    'use.mts': module.replaceAll("/** @type {const} */ ('processed')", "'processed' as const"),
  };
}

function requiring(module) {
  const imports = /^import \{([^}]*)\} from ('[^']+');$/gm;
  const heads = [...module.matchAll(imports)].map(
    ([, names, from]) => `const {${names}} = require(${from});`,
  );
  const body = module
    .replaceAll(imports, '')
    .replace(/fileURLToPath\(jsonSchema\)/, 'jsonSchema')
    .replace('import.meta.resolve', 'require.resolve');
  // an error that nobody caught ends the process with status 1
  return `${heads.join('\n')}\n(async () => {\n${body.trim()}\n})();\n`;
}
