import Scenarios
import Sim

/// A request to the cluster by its operator: `{ admin: { elect-leader: { partition: t-0 } } }`.
struct OperatorDeed: Deed {
  enum Word: String, CaseIterable { case admin }

  let request: OperatorRequest

  init(_ request: OperatorRequest) { self.request = request }

  init(_ word: Word, _ argument: Value, beside entry: inout MapReader, _ reader: DeedReader) throws { request = try OperatorRequest(argument, reader) }

  var written: [Value.Entry] { [Value.Entry(Word.admin.rawValue, request.written)] }

  /// The operator's own process sends the request, so it names no nodes.
  func mapNodes(_ other: (NodeSelector) -> NodeSelector) -> OperatorDeed { self }

  func carryOut(on stage: any Stage) -> Bool {
    stage.tell("the operator asks: \(request.words)")
    // A request that the cluster refuses is not a hit.
    stage.operate(request) { stage.hit() }
    return true
  }

  var real: RealAction? { request.isOfVoters ? nil : .ask(request) }

  func takeBack(on stage: any Stage) {}

  func ends(_ earlier: OperatorDeed, of entry: String, at struck: [NodeIndex], on stage: any Stage) -> Bool { false }

  var isRemedy: Bool { false }

  var drawsFromItsKey: Bool { false }

  var lasts: Bool { false }
}
