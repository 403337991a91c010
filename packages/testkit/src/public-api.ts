import { dirname, join } from 'node:path';
import ts from 'typescript';

/** One option of a function or a class, as its type says it. */
export interface PublicOption {
  readonly name: string;
  /** As the source has it, without `undefined`. */
  readonly type: string;
  /** What its `@default` tag says, or `required`; `none` where it may be left out and nothing takes its place. */
  readonly default: string;
  readonly unit: 'milliseconds' | 'bytes' | 'hours' | undefined;
}

/** What those see who import a package. */
export interface PublicApi {
  /** Exported values and types, and the public members of exported classes. */
  readonly names: readonly string[];
  /** By the name of their interface, or of the function that has them in its signature. */
  readonly options: ReadonlyMap<string, readonly PublicOption[]>;
  /** The members of its `…Code` types: of errors, and of what a check finds. */
  readonly codes: readonly string[];
  /** `@default` tags that are not what the code does. */
  readonly wrongDefaults: readonly string[];
}

/** Asks the compiler what a package exports; `index` is the path of its `src/index.ts`. */
export function readPublicApi(index: string): PublicApi {
  // the compiler has slashes on every system
  const source = dirname(index).replaceAll('\\', '/');
  const program = ts.createProgram([index], readCompilerOptions(join(source, '../tsconfig.json')));
  const checker = program.getTypeChecker();
  const isOwn = (symbol: ts.Symbol): boolean =>
    symbol.declarations?.some((node) => node.getSourceFile().fileName.startsWith(source)) === true;
  const names = new Set<string>();
  const options = new Map<string, readonly PublicOption[]>();
  const codes: string[] = [];

  const root = program.getSourceFile(index);
  const module = root && checker.getSymbolAtLocation(root);
  if (module === undefined) throw new Error(`${index} can't be read`);
  for (const exported of checker.getExportsOfModule(module)) {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    // types that signatures borrow from other packages are explained there
    if (isOwn(symbol) || (symbol.flags & ts.SymbolFlags.Value) !== 0) names.add(exported.name);
    if (!isOwn(symbol)) continue;
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    if (exported.name.endsWith('Code') && type.isUnion()) {
      for (const code of type.types) if (code.isStringLiteral()) codes.push(code.value);
    }
    if (/(Options|Rules)$|^Config$/.test(exported.name)) options.set(exported.name, describe(type));
    if ((symbol.flags & ts.SymbolFlags.Function) !== 0) addFromSignature(exported.name, symbol);
    if ((symbol.flags & ts.SymbolFlags.Class) === 0) continue;
    const statics = isTypeOnly(exported) ? [] : [...(symbol.exports?.values() ?? [])];
    for (const member of [...type.getProperties(), ...statics]) {
      if (!isOwn(member) || !isPublic(member)) continue;
      names.add(member.name);
      addFromSignature(member.name, member);
    }
  }
  return { names: [...names], options, codes, wrongDefaults: findWrongDefaults() };

  /** Options that stand in a signature, and those of an interface of another name. */
  function addFromSignature(name: string, symbol: ts.Symbol): void {
    const calls = checker.getTypeOfSymbol(symbol).getCallSignatures();
    for (const { valueDeclaration: node } of calls.flatMap((call) => call.parameters)) {
      if (node === undefined || !ts.isParameter(node) || node.type === undefined) continue;
      const type = checker.getTypeAtLocation(node.type);
      const isOptional = type
        .getProperties()
        .some((property) => (property.flags & ts.SymbolFlags.Optional) !== 0);
      if (ts.isTypeLiteralNode(node.type) && isOptional) options.set(name, describe(type, node));
      const isLeftOut = node.initializer !== undefined || node.questionToken !== undefined;
      const ownName = type.symbol?.name ?? '';
      const isInterface =
        isLeftOut && type.symbol && (type.symbol.flags & ts.SymbolFlags.Interface) !== 0;
      if (isInterface && isOwn(type.symbol)) options.set(ownName, describe(type));
    }
  }

  function describe(type: ts.Type, parameter?: ts.ParameterDeclaration): PublicOption[] {
    return type.getProperties().map((property) => {
      const node = property.valueDeclaration;
      const typeNode = node && ts.isPropertySignature(node) ? node.type : undefined;
      const isNamed = typeNode !== undefined && !ts.isIndexedAccessTypeNode(typeNode);
      const shown = isNamed
        ? typeNode.getText()
        : checker.typeToString(
            checker.getTypeOfSymbol(property),
            undefined,
            ts.TypeFormatFlags.NoTruncation,
          );
      const text = normalizeType(shown);
      const about = ts.displayPartsToString(property.getDocumentationComment(checker));
      return {
        name: property.name,
        type: text,
        default: defaultOf(property, parameter),
        unit: /number$/.test(text) ? unitOf(property.name, about) : undefined,
      };
    });
  }

  function defaultOf(property: ts.Symbol, parameter: ts.ParameterDeclaration | undefined): string {
    const tag = property.getJsDocTags(checker).find(({ name }) => name === 'default');
    if (tag !== undefined) return ts.displayPartsToString(tag.text).replaceAll(/\s+/g, ' ').trim();
    if ((property.flags & ts.SymbolFlags.Optional) === 0) return 'required';
    const pattern = parameter?.name;
    if (pattern === undefined || !ts.isObjectBindingPattern(pattern)) return 'none';
    const element = pattern.elements.find(
      (one) => (one.propertyName ?? one.name).getText() === property.name,
    );
    return element?.initializer?.getText() ?? 'none';
  }

  /** Looks for `{ timeoutMs = 5_000 }: AcquireOptions` where the tag of `timeoutMs` says something else. */
  function findWrongDefaults(): string[] {
    const wrong: string[] = [];
    const visit = (node: ts.Node): void => {
      ts.forEachChild(node, visit);
      if (!ts.isBindingElement(node) || node.initializer === undefined) return;
      if (!ts.isObjectBindingPattern(node.parent)) return;
      const name = (node.propertyName ?? node.name).getText();
      const property = checker.getTypeAtLocation(node.parent).getProperty(name);
      if (property === undefined || !isOwn(property)) return;
      const tag = property.getJsDocTags(checker).find((one) => one.name === 'default');
      const initial = literalText(node.initializer);
      if (tag === undefined || initial === undefined) return;
      const said = ts.displayPartsToString(tag.text).split(/[\s,;]/)[0];
      if (said === initial) return;
      const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
      const place = `${node.getSourceFile().fileName.slice(source.length + 1)}:${line + 1}`;
      wrong.push(`${place}: ${name} is ${initial} here, and its @default says ${said}`);
    };
    for (const file of program.getSourceFiles()) if (file.fileName.startsWith(source)) visit(file);
    return wrong;
  }
}

export function readCompilerOptions(path: string): ts.CompilerOptions {
  const onUnRecoverableConfigFileDiagnostic = ({ messageText }: ts.Diagnostic): never => {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
  };
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic };
  return ts.getParsedCommandLineOfConfigFile(path, {}, host)?.options ?? {};
}

/** Whether only the type of a class can be imported. */
function isTypeOnly(exported: ts.Symbol): boolean {
  const [node] = exported.declarations ?? [];
  return node !== undefined && ts.isExportSpecifier(node) && node.parent.parent.isTypeOnly;
}

/** Not `#private` ones, and not those whose name is a symbol. */
function isPublic({ valueDeclaration: declaration }: ts.Symbol): boolean {
  const name = declaration && ts.getNameOfDeclaration(declaration);
  if (name === undefined || !ts.isIdentifier(name)) return false;
  // what overrides another member is explained there
  return (
    (ts.getCombinedModifierFlags(declaration as ts.Declaration) & ts.ModifierFlags.Override) === 0
  );
}

function literalText(node: ts.Expression): string | undefined {
  const isLiteral =
    ts.isLiteralExpression(node) || node.getText() === 'false' || node.getText() === 'true';
  return isLiteral ? node.getText() : undefined;
}

/** The text of a type on one line, without what says only that it may be left out or not be changed. */
export function normalizeType(text: string): string {
  return text
    .replaceAll(/\breadonly /g, '')
    .replaceAll(/^\s*\| /g, '')
    .replaceAll(/ \| undefined(?=[;,)]|$)/g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('; }', ' }')
    .trim()
    .replace(/^\((\(.*\) => [\w<>]+)\)$/, '$1');
}

function unitOf(name: string, about: string): PublicOption['unit'] {
  if (name.endsWith('Ms') || /\bin milliseconds|^Milliseconds /.test(about)) return 'milliseconds';
  if (name.endsWith('Bytes') || /\bin bytes/.test(about)) return 'bytes';
  return name.endsWith('Hours') || /\bin hours/.test(about) ? 'hours' : undefined;
}
