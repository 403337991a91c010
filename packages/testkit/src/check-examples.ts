import { dirname, join } from 'node:path';
import ts from 'typescript';
import { readCompilerOptions } from './public-api.ts';

/** What the compiler says of examples, as if each were a file in the `test` folder of a package: strictly, with our settings. */
export function checkExamples(testFolder: string, examples: readonly string[]): string[] {
  // the compiler has slashes on every system
  const folder = testFolder.replaceAll('\\', '/');
  const texts = new Map(
    examples.map((text, index) => [`${folder}/readme-example-${index + 1}.mts`, text]),
  );
  const options = {
    ...readCompilerOptions(join(dirname(testFolder), 'tsconfig.json')),
    noUnusedLocals: false,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    if (text === undefined) return getSourceFile(path, version, ...rest);
    return ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const found = [...texts.keys()].flatMap((path) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  });
  return found.map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? '' : file.text.slice(start).split('\n')[0];
    return `example: ${ts.flattenDiagnosticMessageText(messageText, ' ')} at ${line}`;
  });
}
