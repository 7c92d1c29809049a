// One fixture object per test case: no test can see what another left in a field.
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
