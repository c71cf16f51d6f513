/// A decision about a request: the records that put it into effect, and the response once they are committed.
///
/// The records of one decision are appended as one batch: they are committed together or not at all. A controller's decisions are records of the
/// metadata log, a coordinator's are records of its own topic.
public struct Decision<Record, Response> {
  public var records: [Record]
  public var response: Response

  public init(_ records: [Record] = [], _ response: Response) {
    self.records = records
    self.response = response
  }
}
