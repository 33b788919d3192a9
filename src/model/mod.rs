//! Plain types: what the words of the language mean. Imports nothing else of ours.
