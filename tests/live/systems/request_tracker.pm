# A Request Tracker on the loopback interface: SQLite, no mail, and the states of a change.
Set($rtname, 'relconsole.test');
Set($Organization, 'relconsole.test');
Set($WebDomain, '127.0.0.1');
Set($WebPort, @PORT@);
Set($WebPath, '');
Set($WebBaseURL, 'http://127.0.0.1:@PORT@');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '@FOLDER@/rt.db');
Set($CorrespondAddress, 'rt@localhost');
Set($CommentAddress, 'rt-comment@localhost');
Set($MailCommand, 'testfile');
Set($SendmailPath, '/bin/true');
Set($LogToSTDERR, 'warning');
Set($LogToSyslog, undef);
# Every request proves its password anew; at the usual cost that is most of the time of a test.
Set($BcryptCost, 4);
Set($LogDir, '@FOLDER@');
Set($MasonDataDir, '@FOLDER@/mason');
Set($MasonSessionDir, '@FOLDER@/sessions');
Set(%Lifecycles,
    change => {
        initial     => ['new'],
        active      => ['assess', 'authorize', 'scheduled', 'implement', 'review'],
        inactive    => ['closed', 'canceled', 'rejected', 'deleted'],
        defaults    => {on_create => 'new'},
        transitions => {
            ''        => ['new'],
            new       => ['assess', 'canceled'],
            assess    => ['authorize', 'canceled'],
            authorize => ['scheduled', 'rejected', 'canceled'],
            scheduled => ['implement', 'canceled'],
            implement => ['review'],
            review    => ['closed', 'implement'],
            closed    => [],
            canceled  => [],
            rejected  => [],
            deleted   => [],
        },
        rights  => {},
        actions => [],
    },
);
1;
