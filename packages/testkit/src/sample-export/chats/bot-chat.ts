import { buttonsField } from '../buttons.ts';
import { game, invoice } from '../cards.ts';
import type { Chat } from '../chat.ts';
import { array, FIELD_DEPTH, field, textField } from '../layout.ts';
import { message, service } from '../message.ts';
import { inventedName, sentence } from '../sentences.ts';
import { plain } from '../text-parts.ts';

/** A chat with a bot: commands, buttons, a payment, a web app, requests for peers. */
export function* botChat(chat: Chat): Generator<string> {
  const { me, bot } = chat.cast;
  yield service(chat.next(), undefined, 'allow_sending_messages', [
    textField('reason_domain', 'tea.example.org'),
  ]);
  yield message(chat.next(), { from: me, text: [{ type: 'bot_command', text: '/start' }] });
  yield message(chat.next(), {
    from: bot,
    text: plain('Welcome! What would you like?'),
    tail: [everyButton()],
  });
  yield* payment(chat);
  // this action has a field `text`, and then comes the `text` that every message has
  yield service(chat.next(), undefined, 'send_webview_data', [
    textField('text', 'Choose a kettle "deluxe"'),
  ]);
  yield* requestedPeers(chat);
  const question = chat.next();
  yield message(question, { from: bot, media: game(chat.random, me.language) });
  yield service(chat.next(), me, 'score_in_game', [
    field('game_message_id', question.id),
    field('score', 4810),
  ]);
  while (chat.more()) yield* exchange(chat);
}

function everyButton(): string {
  return buttonsField([
    [
      { type: 'callback', text: 'Black tea ☕', data: '\x00\xff{"tea":"black"}' },
      { type: 'callback_with_password', text: 'Transfer', data: 'transfer:1' },
    ],
    [
      { type: 'url', text: 'Website', data: 'https://tea.example.org/?q="black"' },
      { type: 'switch_inline', text: 'Share', data: 'kettle ' },
      {
        type: 'auth',
        text: 'Log in',
        data: 'https://tea.example.org/login',
        forwardText: 'Tea',
        // beyond what a double can hold
        buttonId: '7205759403792793601',
      },
    ],
    [{ type: 'web_view', text: 'Shop', data: 'https://tea.example.org/shop' }],
    [{ type: 'copy_text', text: 'Copy code', data: 'TEA\\42' }],
  ]);
}

function* payment(chat: Chat): Generator<string> {
  const { random, cast } = chat;
  const language = cast.me.language;
  const bill = chat.next();
  yield message(bill, {
    from: cast.bot,
    media: [invoice(random, language)],
    tail: [buttonsField([[{ type: 'buy', text: 'Pay €19.90' }]])],
  });
  yield service(chat.next(), undefined, 'send_payment', [
    field('amount', 1990),
    textField('currency', 'EUR'),
    field('invoice_message_id', bill.id),
    textField('recurring', 'init'),
  ]);
  const receipt = chat.next();
  yield message(receipt, { from: cast.bot, media: [invoice(random, language, bill.id)] });
}

function* requestedPeers(chat: Chat): Generator<string> {
  const { cast } = chat;
  for (const peers of [[cast.friend], [cast.group, cast.supergroup]]) {
    const ids = peers.map((peer) => String(peer.typedId));
    yield service(chat.next(), cast.me, 'requested_peer', [
      field('button_id', peers.length),
      textField('peers', array(FIELD_DEPTH, ids)),
    ]);
  }
}

function* exchange(chat: Chat): Generator<string> {
  const { random, cast } = chat;
  const language = cast.me.language;
  const viaBot = random.chance(0.2);
  const command = { type: 'bot_command', text: random.pick(['/remind', '/tea', '/stats']) };
  yield message(chat.next(), {
    from: cast.me,
    viaBot: viaBot ? '@tea_time_bot' : undefined,
    text: viaBot
      ? plain(sentence(random, language))
      : [command, ...plain(` ${inventedName(random, language)}`)],
  });
  const choices = Array.from({ length: random.int(1, 3) }, () => {
    const name = inventedName(random, language);
    return { type: 'callback', text: name, data: `choose:${name}` };
  });
  const answer = chat.next();
  yield message(answer, {
    from: cast.bot,
    edited: random.chance(0.3) ? answer.at + random.int(1, 900) : undefined,
    text: [{ type: 'bold', text: 'Noted:' }, ...plain(` ${sentence(random, language)}`)],
    tail: [buttonsField([choices])],
  });
}
