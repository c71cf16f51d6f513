import Report

/// Every combination of the values of what is varied, the last key changing fastest.
struct SettingProduct {
  let varied: [VariedSetting]

  var count: Int { varied.reduce(1) { $0 * $1.values.count } }

  subscript(row: Int) -> [ChosenSetting] {
    var rest = row
    var chosen: [ChosenSetting] = []
    for setting in varied.reversed() {
      chosen.append(ChosenSetting(key: setting.key, value: setting.values[rest % setting.values.count]))
      rest /= setting.values.count
    }
    return chosen.reversed()
  }
}
