/**
 * The words and phrases that this project does not use, each with what to write instead. Texts are compared without regard
 * to case and line breaks. Each rule has an example that it must find and the same sentence in good words, in which no rule
 * may find anything: `check-words.test.mjs` holds the list to them.
 */
export const rules = [
  {
    find: /\b(nobody|no one|somebody|someone|anybody|anyone|everybody|everyone)\b/,
    instead: 'name the actor: "no worker", "another process", "the operator", "a caller", "every user"',
    wrong: 'A saga that nobody owns is claimed.',
    right: 'A saga that has no owner is claimed.',
  },
  {
    find: /\b(whoever|whomever|whosever|whichever)\b/,
    instead: 'name the actor: "the process that …", "any worker", "the one that is free"',
    wrong: 'Whoever claims it goes on.',
    right: 'The worker that claims it continues.',
  },
  {
    find: /(?<start>)Who (?!is\b|are\b)[^.?!]*[.!]/,
    instead: 'a subject with a name: "An application that does not import it …"',
    wrong: 'Who does not import it needs no library.',
    right: 'An application that does not import it needs no library.',
  },
  {
    find: /(?<start>)What (?:(?:is|are|was|were) )?[^.?!;:]*?\b(?:is|are|was|were|comes|stays|counts|becomes|must|goes) [^?]*?[.!](?!\w)/,
    instead: 'a subject with a name in place of the clause: "Removed values …", "The error of a listener …"',
    wrong: 'What a listener throws is logged.',
    right: 'The error of a listener is logged.',
  },
  {
    find: /\b(and|but|or|so|because|that) what (?!is (?:why|how))[^.,;:?!]*\b(is|are|was|were) (?!to\b)/,
    instead: 'a subject with a name in place of the clause that begins with "what"',
    wrong: 'The signal fires, and what it returns is dropped.',
    right: 'The signal fires, and its result is dropped.',
  },
  {
    find: /(?<start>)Where [^.?!]*,/,
    instead: '"if" for a condition, "when" for a moment; "where" is for places alone',
    wrong: 'Where the lease is lost, the step ends.',
    right: 'If the lease is lost, the step ends.',
  },
  {
    find: /\b(also|but|even|except|fails|none|not|only|too|undefined|unless|and|or|because|that|,) where /,
    instead: '"if" for a condition, "when" for a moment; "where" is for places alone',
    wrong: 'It is read, also where a row is locked.',
    right: 'It is read even if a row is locked.',
  },
  {
    find: /\b(lets?|letting|let-) ?(?:\w+ )?go\b(?! (?:on|to)\b)/,
    instead: 'release (a saga), or stop (a run)',
    wrong: 'The worker lets go of the saga.',
    right: 'The worker releases the saga.',
  },
  {
    find: /\b(gives?|gave|given|giving) (?:it |them |\w+ sagas? )?back\b/,
    instead: 'release',
    wrong: 'It is given back to the others.',
    right: 'It is released to the others.',
  },
  {
    find: /\b(hands?|handed|handing) (?:\w+ ){0,4}over\b|\bhandovers?\b/,
    instead: 'release (a saga), pass (a value)',
    wrong: 'A shutdown hands the sagas over.',
    right: 'A shutdown releases the sagas.',
  },
  {
    find: /\b(takes?|took|taken|taking) (?:\w+ ){0,4}over\b|\btakeovers?\b/,
    instead:
      'claim (the storage gives a saga to a worker), run (a worker), attach (a caller); of a standby: "is promoted"',
    wrong: 'Another process takes the saga over.',
    right: 'Another process claims the saga.',
  },
  {
    find: /\b(takes?|took|taken|taking) (?:it |them |the saga |sagas? )?up\b|\badopt(s|ed|ing)?\b/,
    instead: 'claim (the storage), run (a worker), attach (a caller)',
    wrong: 'A lost lease is never taken up again.',
    right: 'A lost lease is never renewed.',
  },
  {
    find: /\b(let|lets|letting) (?:\w+ ){0,4}go on\b/,
    instead: 'resume, or continue',
    wrong: 'A person lets it go on.',
    right: 'An operator resumes it.',
  },
  {
    find: /\btold\b|\btells?\b(?! (?:\w+ ){0,5}apart)|\btelling\b(?! (?:\w+ ){0,5}apart)/,
    instead: 'notify (a listener), publish (a feed), hint (a storage); of a text: say, show, report',
    wrong: 'Listeners are told of it.',
    right: 'Listeners are notified of it.',
  },
  {
    find: /\bfollowers?\b/,
    instead: 'watch, watcher',
    wrong: 'The followers of a saga read it.',
    right: 'The watchers of a saga read it.',
  },
  {
    find: /(?<!\bthere )\b(is|are|was|were) no (?!longer\b|more\b|less\b|one\b)\w+/,
    instead: '"is not a …", or a sentence that says what holds',
    wrong: 'A saga that failed is no error.',
    right: 'A saga that failed is not an error.',
  },
  {
    find: /\b(mend(s|ed|ing)?|amends?)\b/,
    instead: 'fix, or repair',
    wrong: 'Mend the cause first.',
    right: 'Fix the cause first.',
  },
  {
    find: /\banew\b/,
    instead: 'again, or "a new …"',
    wrong: 'The connection is made anew.',
    right: 'A new connection is made.',
  },
  {
    find: /\bfor ever\b/,
    instead: 'forever, or "without a limit"',
    wrong: 'It waited for ever.',
    right: 'It waited forever.',
  },
  {
    find: /\bof (yours|ours|theirs|mine|hers)\b/,
    instead: '"your own", "our own"',
    wrong: 'Put a guard of yours before it.',
    right: 'Put your own guard before it.',
  },
  {
    find: /\b(behind) (it|them|that entry|the entry|the effect|the claim|this one)\b/,
    instead: '"after" for an order in time, or "later"',
    wrong: 'An entry with another one behind it.',
    right: 'An entry with another one after it.',
  },
  {
    find: /\b(comes?|came|coming) about\b/,
    instead: 'is created, happens',
    wrong: 'The tables come about at start.',
    right: 'The tables are created at start.',
  },
  {
    find: /\bheed(s|ed|ing)?\b/,
    instead: 'handle, obey',
    wrong: 'The cancel is heeded.',
    right: 'The cancel is handled.',
  },
  {
    find: /\blet loose\b/,
    instead: 'run against',
    wrong: 'It is let loose on the suites.',
    right: 'The suites are run against it.',
  },
  {
    find: /\bso much at a time\b|\bso many at a time\b/,
    instead: 'in parts, in batches of at most n',
    wrong: 'Journals are read so much at a time.',
    right: 'Journals are read in parts.',
  },
  {
    find: /\b(place is taken|place taken|takes? the place|took the place|taken the place|free place|next place|its place in the journal)\b/,
    instead: 'seq (journal), stage (definition), slot (worker); "replaces" for a thing in place of another',
    wrong: 'An append whose place is taken.',
    right: 'An append whose seq is used already.',
  },
  {
    find: /\b(in the moment in which|in the very moment in which|the moment in which)\b/,
    instead: 'when, or "at the moment when"',
    wrong: 'It is stuck in the moment in which it is read.',
    right: 'It is stuck when it is read.',
  },
  {
    find: /(?<start>)By what\b/,
    instead: 'a whole sentence, or a noun: "Factor applied to each further delay."',
    wrong: 'By what each further delay is multiplied.',
    right: 'Factor applied to each further delay.',
  },
  {
    find: /\bgives? up\b(?= (?:it|them|a saga|the saga|its saga))/,
    instead: 'release (a saga), stop',
    wrong: 'The process gives up the saga.',
    right: 'The process releases the saga.',
  },
  {
    find: /\b(crowds?|patience|patiently|ordeals?|insides)\b/,
    instead: 'batch (crowd), limit (patience), stress run (ordeal), internals (insides)',
    wrong: 'A suspect joins a crowd.',
    right: 'A suspect joins a batch.',
  },
  {
    find: /\b(headless|thereof|therein|whereof|whereby|whence|thence|lest|ere|forthwith)\b/,
    instead: 'a plain word',
    wrong: 'A table whereof the rows are read.',
    right: 'A table whose rows are read.',
  },
  {
    find: /\b(?:goes|went) on\b(?! (?:to|strike|holiday)\b)/,
    instead: 'continue',
    wrong: 'The saga goes on in another process.',
    right: 'The saga continues in another process.',
  },
  {
    find: /\bin good order\b/,
    instead: 'in an orderly way',
    wrong: 'A worker that stops in good order.',
    right: 'A worker that stops in an orderly way.',
  },
  {
    find: /\b(went away|without a word)\b/,
    instead: 'say what happened: "the owner died", "without an answer", "without an entry"',
    wrong: 'An owner that left without a word.',
    right: 'An owner that died without an entry.',
  },
  {
    find: /\ball the same\b/,
    instead: 'still, or anyway',
    wrong: 'A larger entry is read all the same.',
    right: 'A larger entry is still read.',
  },
  {
    find: /\bstands? (?:behind|before|where)\b/,
    instead: '"is after", "is before", "is at its stage"',
    wrong: 'A step that stands behind a wait.',
    right: 'A step that is after a wait.',
  },
  {
    find: /\bso (?:many|much)\b(?! (?:that|as|for)\b)/,
    instead: 'a number, or "this number of"',
    wrong: 'Resolves after so many sagas.',
    right: 'Resolves after this number of sagas.',
  },
  {
    find: /(?<start>)Of (?:its|this|that|the|an?) [^,.:;]*\.(?!\w)/,
    instead: 'a whole sentence, or a noun: "The `seq` of the entry."',
    wrong: 'Of the entry with the event.',
    right: 'The `seq` of the entry with the event.',
  },
  {
    find: /(?<start>)(?:Whatever|Wherever) /,
    instead: 'a subject with a name: "every error of a call"',
    wrong: 'Whatever a call throws ends here.',
    right: 'Every error of a call ends here.',
  },
  {
    find: /\bwhat is known\b|\bas far as it (?:came|got)\b/,
    instead: '"the known outcome", "the state so far"',
    wrong: 'The worst that counts is what is known of the act.',
    right: 'The worst known outcome of the act counts.',
  },
  {
    find: /\b(?:turn(?:s|ed|ing)? back|ma[dk]es? (?:its |their )?way for)\b/,
    instead: 'start to compensate; be replaced by',
    wrong: 'After a cancel, the saga turns back.',
    right: 'After a cancel, the saga starts to compensate.',
  },
];

/** A sentence begins at the start of a text, and after the end of another one. */
const sentenceStart = String.raw`(?<=^\s*|[.!?:]\s+|\*\*\s*)`;

const compiled = rules.map((rule) => ({
  ...rule,
  find: new RegExp(
    rule.find.source.replace('(?<start>)', sentenceStart).replaceAll(' ', String.raw`\s+`),
    rule.find.source.startsWith('(?<start>)') ? 'g' : 'gi',
  ),
}));

/** Every phrase of a text that is not used here, with its offset and what to write instead. */
export function findWords(text) {
  return compiled
    .flatMap(({ find, instead }) =>
      [...text.matchAll(find)].map(({ 0: phrase, index }) => ({ offset: index, phrase, instead })),
    )
    .toSorted((a, b) => a.offset - b.offset);
}
