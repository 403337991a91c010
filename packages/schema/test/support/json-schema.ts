type Schema = Record<string, unknown>;

/** Whether a value fits a JSON Schema made of the few keywords that ours uses; any other keyword fails the test. */
export function fits(schema: Schema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, rule]) => {
    const check = KEYWORDS[keyword];
    if (!check) throw new Error(`unknown keyword ${keyword}`);
    return check(rule as never, value, schema);
  });
}

const KEYWORDS: Record<string, (rule: never, value: unknown, schema: Schema) => boolean> = {
  $schema: () => true,
  $id: () => true,
  title: () => true,
  format: () => true,
  type: (types: string | string[], value) => [types].flat().some((type) => TYPES[type]?.(value)),
  anyOf: (schemas: Schema[], value) => schemas.some((schema) => fits(schema, value)),
  minLength: (length: number, value) => typeof value !== 'string' || value.length >= length,
  pattern: (pattern: string, value) => typeof value !== 'string' || new RegExp(pattern).test(value),
  minimum: (least: number, value) => typeof value !== 'number' || value >= least,
  maximum: (most: number, value) =>
    !(typeof value === 'number' || typeof value === 'bigint') || value <= most,
  items: (schema: Schema, value) =>
    !Array.isArray(value) || value.every((item) => fits(schema, item)),
  required: (keys: string[], value) =>
    !isObject(value) || keys.every((key) => Object.hasOwn(value, key)),
  propertyNames: (schema: Schema, value) =>
    !isObject(value) || Object.keys(value).every((key) => fits(schema, key)),
  properties: (properties: Record<string, Schema>, value) =>
    !isObject(value) ||
    Object.entries(value).every(
      ([key, item]) => !Object.hasOwn(properties, key) || fits(properties[key] as Schema, item),
    ),
  additionalProperties: (rest: Schema, value, { properties = {} }) =>
    !isObject(value) ||
    Object.entries(value).every(
      ([key, item]) => Object.hasOwn(properties as Schema, key) || fits(rest, item),
    ),
};

const TYPES: Record<string, (value: unknown) => boolean> = {
  // integers beyond 2^53 are parsed as bigint
  integer: (value) => typeof value === 'bigint' || Number.isSafeInteger(value),
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  object: isObject,
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
