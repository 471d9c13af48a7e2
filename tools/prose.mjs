/**
 * The sentences of a file, as texts with the offset at which each begins: paragraphs, list items and table cells of a page;
 * comments and texts for people of a source.
 */
import ts from 'typescript';

/** The prose of a Markdown page. Code, links, quoted titles and generated parts do not count as prose. */
export function proseOfPage(page) {
  const prose = [
    /^---\n[\s\S]*?\n---\n/g,
    /^( *)```[\s\S]*?^\1```$/gm,
    /<!-- report -->[\s\S]*?<!-- end of report -->/g,
    /<!--[\s\S]*?-->/g,
    /\]\([^)]*\)/g,
    // The title of a test, quoted from its spec.
    /(?<=^- .*: )".*"$/gm,
    /^#.*$/gm,
    /^ *\|[ :|-]+\|$/gm,
  ].reduce((text, pattern) => text.replaceAll(pattern, blank), page);
  return split(
    prose.replaceAll(/`[^`]*`/g, (code) => code.replaceAll(/\S/g, 'x')),
    /\n\s*\n|^ *(?:[-*]|\d+\.) |\|/gm,
  );
}

/**
 * The comments of a source; with `texts` also its texts of several words: messages of errors, of the log, of a command; and
 * with `titles` the titles of its tests.
 */
export function proseOfSource(source, { texts, titles = false }) {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, false);
  const literals = literalsOf(file);
  const comments = [...withoutRanges(source, literals).matchAll(/\/\*[\s\S]*?\*\/|\/\/.*(?:\n\s*\/\/.*)*/g)];
  return [
    ...comments.flatMap(({ index, 0: comment }) => {
      const plain = comment
        .replaceAll(/^\s*(?:\/\*+|\*+\/|\*|\/\/)|\*\/$/gm, blank)
        .replaceAll(/`[^`]*`|\{@link [^}]*\}/g, (code) => code.replaceAll(/\S/g, 'x'))
        .replaceAll(/@example[\s\S]*?(?=@|$)/g, blank);
      return split(plain, /\n\s*\n|@\w+/g).map(({ text, offset }) => ({ text, offset: index + offset }));
    }),
    ...(texts ? literals : titles ? titlesOf(file) : [])
      .map(({ start, end }) => ({ text: source.slice(start + 1, end - 1), offset: start + 1 }))
      .filter(
        ({ text }) => text.trim().split(/\s+/).length >= 3 && !/\b(SELECT|UPDATE|INSERT|DELETE)\b/.test(text),
      ),
  ];
}

function literalsOf(file) {
  const found = [];
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node) ||
      node.kind === ts.SyntaxKind.RegularExpressionLiteral
    )
      found.push(rangeOf(node, file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The titles of `describe`, `it` and `test`, also with `each`. */
function titlesOf(file) {
  const found = [];
  const visit = (node) => {
    const [title] = ts.isCallExpression(node) ? node.arguments : [];
    if (title !== undefined && ts.isStringLiteralLike(title) && isTest(node.expression))
      found.push(rangeOf(title, file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isTest(callee) {
  if (ts.isIdentifier(callee)) return ['describe', 'it', 'test'].includes(callee.text);
  if (ts.isTaggedTemplateExpression(callee)) return isTest(callee.tag);
  return (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) && isTest(callee.expression);
}

const rangeOf = (node, file) => ({ start: node.getStart(file), end: node.getEnd() });

const withoutRanges = (text, ranges) =>
  ranges.reduce(
    (rest, { start, end }) => rest.slice(0, start) + blank(rest.slice(start, end)) + rest.slice(end),
    text,
  );

/** Spaces of the same length, so that offsets stay the same. */
const blank = (text) => text.replaceAll(/\S/g, ' ');

function split(text, separator) {
  const parts = [];
  let offset = 0;
  for (const { index, 0: found } of text.matchAll(separator)) {
    parts.push({ text: text.slice(offset, index), offset });
    offset = index + found.length;
  }
  parts.push({ text: text.slice(offset), offset });
  return parts.filter((part) => part.text.trim() !== '');
}
