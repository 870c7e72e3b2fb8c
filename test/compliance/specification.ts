/** What one section asks of a server like this one, and what there is to say to it. */
export interface Requirement {
  readonly section: string;
  readonly level: string;
  readonly asks: string;
  /** Test files, below test/ and without their ending, and a part of a name in each. */
  readonly proofs: readonly { readonly file: string; readonly name: string }[];
  /** Why it is not done, if it is not. */
  readonly not?: { readonly answer: 'not offered' | 'not held'; readonly why: string };
}

export interface Specification {
  /** As the names of tests cite it. */
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly requirements: readonly Requirement[];
}

const ASKED = /^(\S.*?) {2,}(MUST|SHOULD|MAY) +(\S.*)$/;
const NOT = /^ +(not offered|not held): (\S.*)$/;
const PROOF = /^ +([a-z0-9/.-]+): (\S.*)$/;

/** A requirement is a line that begins with its section; what proves it, or why it is not done, is indented below it. */
export function specification(name: string, title: string, url: string, text: string): Specification {
  const requirements: Requirement[] = [];
  for (const line of text.split('\n').filter((written) => written.trim() !== '')) {
    const [, section, level, asks] = ASKED.exec(line) ?? [];
    const [, answer, why] = NOT.exec(line) ?? [];
    const [, file, named] = PROOF.exec(line) ?? [];
    const last = requirements.at(-1);
    if (section && level && asks) requirements.push({ section, level, asks, proofs: [] });
    else if (last && answer && why)
      requirements.splice(-1, 1, { ...last, not: { answer: answer as 'not offered' | 'not held', why } });
    else if (last && file && named)
      requirements.splice(-1, 1, { ...last, proofs: [...last.proofs, { file, name: named }] });
    else throw new Error(`${name}: "${line}" is neither a requirement nor what answers one.`);
  }
  return { name, title, url, requirements };
}

export const rfc = (number: number, title: string, text: string): Specification =>
  specification(`RFC ${number}`, title, `https://www.rfc-editor.org/rfc/rfc${number}`, text);
