/** The words of a language, in slots that give a sentence when one of each is taken. */
export interface Language {
  /** Slots in the order of the language; every choice fits every other. */
  readonly slots: readonly (readonly string[])[];
  /** Which slot can be replaced by an invented name. */
  readonly nameSlot: number;
  readonly join: ' ' | '';
  readonly end: string;
  /** Whole short messages. */
  readonly short: readonly string[];
  /** Syllables of invented names. */
  readonly syllables: readonly string[];
}

const list = (words: string): string[] => words.split('|');

/** Sentences in the past tense, which is the same for all persons. */
export const english: Language = {
  slots: [
    list(
      'we|they|you|the neighbours|my parents|the kids|Tom and Ida|both of us|our guests|the band',
    ),
    list(
      'found|packed|sold|ordered|photographed|forgot|borrowed|repaired|painted|lost|measured|hid|cleaned|returned',
    ),
    list(
      'the tent|the spare key|a bicycle|the old camera|two maps|the kettle|that lamp|a pair of boots|the red suitcase|some apples|the piano stool|the ladder|a box of records|the garden chairs|your umbrella|the printer|a jar of honey|the blue curtains|the chessboard|an accordion|the coffee grinder|the puppet theatre|a compass|the rowing boat|three lanterns|the typewriter|the tickets|a barometer|the sledge|the wool blanket',
    ),
    list(
      'yesterday|on Friday|before lunch|last night|in the rain|near the station|after the concert|by accident|this morning|at the lake|in March|without a word|behind the library|on the way home|just in time',
    ),
  ],
  nameSlot: 2,
  join: ' ',
  end: '.',
  short: list(
    'ok|thanks!|on my way|where are you?|haha|see you at 8|no idea…|done 👍|who has the key?|good night|lol same|sure, why not|nope|wait, what?|me too|happy birthday!! 🎂|call me back',
  ),
  syllables: list('vel|mor|tan|bri|ka|lo|nes|dor|fi|ru|san|tel|ox|mi|pra|gul|he|zin'),
};

/** Sentences in the perfect tense of the plural. */
export const german: Language = {
  slots: [
    list(
      'wir haben|sie haben|die Nachbarn haben|meine Eltern haben|Jonas und Käthe haben|die Kinder haben|unsere Gäste haben',
    ),
    list(
      'gestern|am Freitag|vor dem Mittagessen|heute früh|im Regen|nach dem Konzert|aus Versehen|im März|ohne ein Wort|zum Glück',
    ),
    list(
      'das Zelt|den Ersatzschlüssel|ein Fahrrad|die alte Kamera|zwei Landkarten|den Wasserkessel|die Lampe|ein Paar Stiefel|den roten Koffer|ein paar Äpfel|die Leiter|eine Kiste Schallplatten|die Gartenstühle|deinen Regenschirm|ein Glas Honig|die blauen Vorhänge|das Schachbrett|die Kaffeemühle|den Kompass|das Ruderboot|die Schreibmaschine|den Schlitten|die Straßenkarte|das Übungsheft',
    ),
    list(
      'gefunden|eingepackt|verkauft|bestellt|fotografiert|vergessen|ausgeliehen|repariert|gestrichen|verloren|vermessen|versteckt|geputzt|zurückgebracht',
    ),
  ],
  nameSlot: 2,
  join: ' ',
  end: '.',
  short: list(
    'ok|danke!|bin gleich da|wo seid ihr?|haha|bis später|keine Ahnung|schönen Abend noch|nö|jaja 🙄|alles klar|gute Nacht|wer hat den Schlüssel?|läuft',
  ),
  syllables: list('bren|gel|hof|münd|stau|wer|lin|sche|tol|rup|fen|ach'),
};

/** Sentences in the past tense of the plural. */
export const russian: Language = {
  slots: [
    list('мы|они|соседи|родители|ребята|Аня и Миша|гости|вы|музыканты'),
    list(
      'вчера|в пятницу|до обеда|ночью|под дождём|после концерта|случайно|сегодня утром|в марте|молча|возле вокзала|по дороге домой',
    ),
    list(
      'нашли|упаковали|продали|заказали|сфотографировали|забыли|одолжили|починили|покрасили|потеряли|измерили|спрятали|почистили|вернули',
    ),
    list(
      'палатку|запасной ключ|велосипед|старый фотоаппарат|две карты|чайник|лампу|пару сапог|красный чемодан|яблоки|лестницу|коробку пластинок|садовые стулья|твой зонт|банку мёда|синие шторы|шахматную доску|кофемолку|компас|лодку|печатную машинку|билеты|санки|одеяло|ёлочные игрушки',
    ),
  ],
  nameSlot: 3,
  join: ' ',
  end: '.',
  short: list(
    'ок|спасибо!|уже еду|ты где?|ахаха|до завтра|не знаю|доброе утро ☀️|угу|ладно|спокойной ночи|у кого ключ?|щас|ну ты даёшь 😅',
  ),
  syllables: list('вел|мор|тан|бри|ка|ло|нес|дор|щу|ру|сан|тель|жи|гро|ель|цу'),
};

/** Sentences that begin with the verb, written from right to left. */
export const arabic: Language = {
  slots: [
    list('وجدنا|اشترينا|بعنا|نسينا|أصلحنا|صورنا|طلبنا|استعرنا'),
    list(
      'الخيمة|المفتاح|الدراجة|الكاميرا القديمة|الخريطة|الإبريق|المصباح|الحقيبة الحمراء|التفاح|السلم|الكراسي|العسل|الستائر الزرقاء',
    ),
    list('أمس|يوم الجمعة|قبل الغداء|هذا الصباح|تحت المطر|بعد الحفلة|قرب المحطة|في مارس'),
  ],
  nameSlot: 1,
  join: ' ',
  end: '.',
  short: list(
    'تمام|شكرا!|أنا في الطريق|أين أنت؟|هههه|إلى اللقاء|لا أعرف|صباح الخير ☀️|تصبح على خير',
  ),
  syllables: list('با|سو|ري|مان|لو|كا|تين|دو'),
};

/** Sentences of "we", written from right to left. */
export const hebrew: Language = {
  slots: [
    list('מצאנו|קנינו|מכרנו|שכחנו|תיקנו|צילמנו|הזמנו|החזרנו'),
    list(
      'את האוהל|את המפתח|את האופניים|את המצלמה הישנה|את המפה|את הקומקום|את המנורה|את המזוודה האדומה|את התפוחים|את הסולם|את הדבש',
    ),
    list('אתמול|ביום שישי|לפני הצהריים|הבוקר|בגשם|אחרי ההופעה|ליד התחנה|במרץ'),
  ],
  nameSlot: 1,
  join: ' ',
  end: '.',
  short: list('סבבה|תודה!|אני בדרך|איפה אתה?|חחח|להתראות|לא יודע|בוקר טוב ☀️|לילה טוב'),
  syllables: list('בא|מו|רי|טל|נו|גל|שי|דן'),
};

/** Sentences without spaces. */
export const chinese: Language = {
  slots: [
    list('我们|他们|邻居们|我父母|孩子们|客人|小林和阿梅'),
    list('昨天|星期五|午饭前|今天早上|雨里|音乐会之后|三月|回家路上'),
    list('找到了|买了|卖了|忘了|修好了|拍了|订了|借了'),
    list(
      '帐篷|备用钥匙|自行车|旧相机|地图|水壶|台灯|红色行李箱|苹果|梯子|一箱唱片|雨伞|蜂蜜|蓝色窗帘|棋盘|指南针|小船|打字机',
    ),
  ],
  nameSlot: 3,
  join: '',
  end: '。',
  short: list('好的|谢谢！|马上到|你在哪？|哈哈哈|明天见|不知道|早安 ☀️|晚安|收到👌'),
  syllables: list('维|洛|丹|莫|丽|卡|苏|特'),
};

/** Sentences without spaces, the verb at the end. */
export const japanese: Language = {
  slots: [
    list('私たちは|彼らは|隣の人は|両親は|子どもたちは|お客さんは'),
    list('昨日|金曜日に|昼前に|今朝|雨の中で|コンサートのあと|三月に|帰り道で'),
    list(
      'テントを|合鍵を|自転車を|古いカメラを|地図を|やかんを|ランプを|赤いスーツケースを|りんごを|はしごを|レコードを|傘を|はちみつを|将棋盤を|コンパスを|タイプライターを',
    ),
    list('見つけた|買った|売った|忘れた|直した|撮った|注文した|借りた'),
  ],
  nameSlot: 2,
  join: '',
  end: '。',
  short: list(
    '了解|ありがとう！|今向かってる|どこ？|笑|また明日|わからない|おはよう☀️|おやすみ|おk',
  ),
  syllables: list('ベル|モル|タン|カ|ロ|ネス|フィ|リュ'),
};
