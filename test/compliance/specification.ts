/** One requirement that a section makes of an authorization server, and how Gatehouse meets it. */
export interface Requirement {
  readonly section: string;
  readonly level: string;
  readonly text: string;
  /** Test files, relative to test/ and without their extension, and a part of a test name in each. */
  readonly proofs: readonly { readonly file: string; readonly name: string }[];
  /** Set if Gatehouse does not meet it. */
  readonly exception?: { readonly status: 'not offered' | 'deviates'; readonly reason: string };
}

export interface Specification {
  /** As the names of tests cite it. */
  readonly name: string;
  readonly title: string;
  readonly url: string;
  readonly requirements: readonly Requirement[];
}

const REQUIREMENT = /^(\S.*?) {2,}(MUST|SHOULD|MAY) +(\S.*)$/;
const EXCEPTION = /^ +(not offered|deviates): (\S.*)$/;
const PROOF = /^ +([a-z0-9/.-]+): (\S.*)$/;

/** A requirement is a line that begins with its section. The indented lines below it are its tests and the reason for an exception. */
export function specification(name: string, title: string, url: string, text: string): Specification {
  const requirements: Requirement[] = [];
  for (const line of text.split('\n').filter((written) => written.trim() !== '')) {
    const [, section, level, requirement] = REQUIREMENT.exec(line) ?? [];
    const [, status, reason] = EXCEPTION.exec(line) ?? [];
    const [, file, named] = PROOF.exec(line) ?? [];
    const last = requirements.at(-1);
    if (section && level && requirement) requirements.push({ section, level, text: requirement, proofs: [] });
    else if (last && status && reason)
      requirements.splice(-1, 1, { ...last, exception: { status: status as 'not offered' | 'deviates', reason } });
    else if (last && file && named)
      requirements.splice(-1, 1, { ...last, proofs: [...last.proofs, { file, name: named }] });
    else throw new Error(`${name}: "${line}" is neither a requirement, nor a test, nor an exception.`);
  }
  return { name, title, url, requirements };
}

export const rfc = (number: number, title: string, text: string): Specification =>
  specification(`RFC ${number}`, title, `https://www.rfc-editor.org/rfc/rfc${number}`, text);
