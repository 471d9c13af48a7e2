import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { cell } from './cell.js';
import { repository } from './packages.js';

/** The page with every kind of entry in a journal, from the comments of their declarations. */
export function journalPage(): string {
  const file = join(repository, 'packages/core/src/journal/journal-entry.ts');
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const kinds = source.statements.filter(ts.isInterfaceDeclaration).flatMap(describeKind);
  return `${title}\n${kinds.join('\n')}`;
}

const title = `# Reference: the journal

Every kind of entry, with its properties beside \`seq\`, \`worker\`, \`recordedAt\` and \`status\`, which each entry may have.
\`SagaOrchestrator.history()\` returns entries, and the table \`saga_log\` stores them. This page is generated from the source.
`;

function describeKind(declaration: ts.InterfaceDeclaration): readonly string[] {
  const members = declaration.members.filter(ts.isPropertySignature);
  const kind = members.find((member) => member.name.getText() === 'kind')?.type?.getText();
  if (kind === undefined) return [];
  const rows = members
    .filter((member) => member.name.getText() !== 'kind')
    .map((member) => {
      const name = member.name.getText() + (member.questionToken === undefined ? '' : '?');
      return `| \`${name}\` | ${cell(commentOf(member))} |`;
    });
  const table = rows.length === 0 ? [] : ['', '| property | description |', '| --- | --- |', ...rows];
  return [[`## ${kind.replaceAll("'", '')}`, '', cell(commentOf(declaration)), ...table, ''].join('\n')];
}

function commentOf(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
