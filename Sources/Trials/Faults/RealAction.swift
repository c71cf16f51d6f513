import Scenarios

/// How a deed is done outside of the simulation, by whoever has hands there.
enum RealAction: Equatable {
  /// A word that is carried out at each of the nodes that it strikes.
  case strike(RealStrike)
  /// The operator asks the cluster, through the admin client.
  case ask(OperatorRequest)
  /// What mends the network runs, as it does at the end.
  case heal
}

/// A word, where it is carried out, and what takes it back.
struct RealStrike: Equatable {
  /// Nodes at which the word is carried out, each by itself.
  struct Site: Equatable {
    var nodes: NetworkSide
    /// Whom it is about, seen from these nodes: those they no longer reach.
    var peers: [NetworkSide] = []
  }

  struct Argument: Equatable {
    let name: String
    let value: String

    init(_ name: String, _ value: some CustomStringConvertible) {
      self.name = name
      self.value = value.description
    }
  }

  /// What is done where it is taken back.
  enum Remedy: Equatable {
    /// The nodes are started.
    case restart
    case resume
    /// The word's own way back, or what mends everything.
    case back
  }

  let word: String
  let sites: [Site]
  let arguments: [Argument]
  /// nil where nothing of it lasts.
  let remedy: Remedy?

  init(_ word: String, at nodes: [NodeSelector], _ arguments: [Argument] = [], remedy: Remedy?) {
    self.init(word, sites: [Site(nodes: .nodes(nodes))], arguments, remedy: remedy)
  }

  init(_ word: String, sites: [Site], _ arguments: [Argument] = [], remedy: Remedy?) {
    self.word = word
    self.sites = sites
    self.arguments = arguments
    self.remedy = remedy
  }

  /// Every selector that stands in it.
  var selectors: [NodeSelector] { sites.flatMap { $0.nodes.selectors + $0.peers.flatMap(\.selectors) } }
}
