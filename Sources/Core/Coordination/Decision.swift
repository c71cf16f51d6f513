/// What whoever decides makes of a request: the records that make it so, and what is answered once they are committed.
///
/// The records of one decision are appended as one batch: they are committed together or not at all. A controller decides with records of the
/// metadata log, a coordinator with those of its own topic.
public struct Decision<Record, Response> {
  public var records: [Record]
  public var response: Response

  public init(_ records: [Record] = [], _ response: Response) {
    self.records = records
    self.response = response
  }
}
