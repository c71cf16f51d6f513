import Scenarios

/// How a deed is done outside of the simulation.
enum RealAction: Equatable {
  /// A word that is carried out at each of the nodes that it hits.
  case strike(RealStrike)
  /// The operator asks the cluster, through the admin client.
  case ask(OperatorRequest)
  /// The healing commands run, as they do at the end.
  case heal
}

/// A word, where it is carried out, and how it is undone.
struct RealStrike: Equatable {
  /// Nodes at which the word is carried out, each separately.
  struct Site: Equatable {
    var nodes: NetworkSide
    /// The peers it is about, from the view of these nodes: those they can no longer reach.
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

  /// How the effect is undone.
  enum Remedy: Equatable {
    /// The nodes are started.
    case restart
    case resume
    /// The word's own reverse command, or the healing commands.
    case back
  }

  let word: String
  let sites: [Site]
  let arguments: [Argument]
  /// nil if it has no lasting effect.
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

  /// All selectors in it.
  var selectors: [NodeSelector] { sites.flatMap { $0.nodes.selectors + $0.peers.flatMap(\.selectors) } }
}
