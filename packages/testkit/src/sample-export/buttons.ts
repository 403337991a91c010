import { array, FIELD_DEPTH, field, object, textField } from './layout.ts';

/** A button below a bot's message. */
export interface Button {
  readonly type: string;
  readonly text: string;
  readonly data?: string;
  readonly forwardText?: string;
  readonly buttonId?: string;
}

/** The `inline_bot_buttons` field: rows of buttons. */
export function buttonsField(rows: readonly (readonly Button[])[]): string {
  const depth = FIELD_DEPTH + 2;
  const rowArrays = rows.map((row) =>
    array(
      depth - 1,
      row.map((button) => buttonObject(depth, button)),
    ),
  );
  return field('inline_bot_buttons', array(FIELD_DEPTH, rowArrays));
}

function buttonObject(depth: number, { type, text, data, forwardText, buttonId }: Button): string {
  return object(depth, [
    field('type', `"${type}"`),
    textField('text', text),
    ...dataFields(type, data),
    textField('forward_text', forwardText),
    field('button_id', buttonId),
  ]);
}

/** What a bot gets back need not be text, so it is printed as Base64, next to an empty `data`. */
function dataFields(type: string, data: string | undefined): string[] {
  if (data === undefined) return [];
  if (type !== 'callback' && type !== 'callback_with_password') return [textField('data', data)];
  return [textField('dataBase64', Buffer.from(data).toString('base64url')), field('data', '""')];
}
