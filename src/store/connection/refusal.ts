/** An error that the operator can fix, for example at start-up. Its message is printed without a stack. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
