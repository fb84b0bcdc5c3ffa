/// Stands for one state of something: what is changed gets a new one, and copies share it. So equal
/// marks mean equal content, and who compares them need not compare, or encode, the content.
final class Mark: Sendable {}
