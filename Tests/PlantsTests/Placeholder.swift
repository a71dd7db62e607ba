// First file of the tests.
