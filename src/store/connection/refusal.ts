/** A reason not to start that the operator can mend: told in one plain sentence, without a stack. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
