-- Whose a conversation is, what they named it, and what was answered in words: it is listed by its owner and searched.
ALTER TABLE conversation ADD COLUMN owner_kind TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN title TEXT;
ALTER TABLE turn ADD COLUMN answer TEXT NOT NULL DEFAULT '';
UPDATE turn SET answer = coalesce(json_extract(reply, '$.answer.response.speech.plain.speech'), '');
UPDATE conversation SET
    owner_kind = coalesce((SELECT json_extract(t.actor, '$.kind') FROM turn t WHERE t.conversation = conversation.id ORDER BY t.number LIMIT 1), ''),
    owner = coalesce((SELECT json_extract(t.actor, '$.name') FROM turn t WHERE t.conversation = conversation.id ORDER BY t.number LIMIT 1), '');
CREATE INDEX conversation_owner ON conversation (owner_kind, owner, last);
