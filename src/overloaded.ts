/** A queue of this process is full, or one of its threads has exited. The client can retry the request soon. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded';
}
