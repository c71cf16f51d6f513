import Scenarios

extension NodeSelector {
  /// Whether both selectors are known to denote a common node, whatever happens.
  func overlaps(_ other: NodeSelector, _ names: DeclaredNames) -> Bool {
    switch (self, other) {
    case (.all, .broker), (.broker, .all), (.all, .any), (.any, .all): true
    case (.controller, .activeController), (.activeController, .controller): names.controllers == 1
    case (.controller(let number), .broker(let id)), (.broker(let id), .controller(let number)): names.areCombined && Int(id.value) == number
    case (.all, .controller), (.controller, .all), (.all, .activeController), (.activeController, .all): names.areCombined
    case (.standbyController(nil), .standbyController), (.standbyController, .standbyController(nil)): true
    case (.observer(nil), .observer), (.observer, .observer(nil)): true
    case (.member(let group, nil), .member(let other, _)), (.member(let group, _), .member(let other, nil)), (.member(let group, nil), .owner(let other, _)),
      (.owner(let group, _), .member(let other, nil)):
      group == other
    default: self == other && self != .any && self != .anyVoter
    }
  }
}
