import CRandomSalt

/// Makes all random streams of the calling thread others from now on, wherever they are, without touching one of them. A trial that is salted at an instant is the same up to there, and
/// another one from there on: so one can ask at which instant something became inevitable.
///
/// A world runs on one thread from its start to its end.
public enum RandomSalt {
  /// - Parameter number: 0 leaves streams as their seeds have them; each other number gives another future.
  public static func set(_ number: UInt64) { trial_random_salt_set(number == 0 ? 0 : RandomStream.mixed(number)) }
}
