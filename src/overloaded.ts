/** A queue of this process is full, or one of its threads was lost. The request can be retried in a moment. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}
