# Mails: the outbox, its sender, templates. Included by this folder's CMakeLists.txt.
file(GLOB mail_texts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/data/mails/*)
set(embedded_mails ${CMAKE_CURRENT_BINARY_DIR}/embedded_mails.cpp)
add_custom_command(OUTPUT ${embedded_mails}
    COMMAND ${CMAKE_COMMAND} -DOUT=${embedded_mails} -DDIR=${PROJECT_SOURCE_DIR}/data/mails
            -P ${CMAKE_CURRENT_SOURCE_DIR}/mail/embed_mails.cmake
    DEPENDS ${mail_texts} mail/embed_mails.cmake
    VERBATIM)
set(CAMPGATE_MAIL_SOURCES
    ${embedded_mails}
    handlers/mails.cpp
    mail/calendar_file.cpp
    mail/in_words.cpp
    mail/letters.cpp
    mail/mail_header.cpp
    mail/mail_outbox.cpp
    mail/mail_sender.cpp
    mail/mail_service.cpp
    mail/mail_template.cpp
    mail/mail_templates.cpp
    mail/sale_letters.cpp
    mail/sale_mails.cpp
    mail/sale_news.cpp
    mail/smtp_delivery.cpp)
set(CAMPGATE_MAIL_LIBS PkgConfig::curl PkgConfig::ical)
